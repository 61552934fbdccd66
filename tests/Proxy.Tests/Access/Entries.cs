using System.Net;
using WsBalancer.Proxy.Access;
using WsBalancer.Proxy.Tunnels;

namespace WsBalancer.Proxy.Tests.Access;

/// <summary>Access log entries for tests.</summary>
internal static class Entries
{
    private static readonly DateTimeOffset Time = new(2030, 1, 2, 3, 4, 5, 678, TimeSpan.FromHours(2));

    public static AccessEntry Tunnel => new()
    {
        Time = Time,
        Reason = "client",
        Status = 101,
        CloseCode = 1000,
        IsForced = false,
        Cluster = "chat",
        Node = "ws-1",
        User = "alice",
        Client = IPAddress.Parse("192.0.2.1"),
        Method = "GET",
        Path = "/chat",
        Protocol = "HTTP/1.1",
        Via = TunnelPath.Native,
        Duration = TimeSpan.FromSeconds(5),
        Traffic = new TunnelTraffic(1, 2, 3, 4),
        Attempts = new AttemptTimes(1, TimeSpan.FromMicroseconds(120), TimeSpan.FromMicroseconds(1500.4)),
        Handshake = TimeSpan.FromMilliseconds(2),
        Tunnel = "0123",
        TraceId = "0af7651916cd43dd8448eb211c80319c",
    };

    public static AccessEntry Refusal => new() { Time = Time, Reason = "bad_header", Status = 400 };
}
