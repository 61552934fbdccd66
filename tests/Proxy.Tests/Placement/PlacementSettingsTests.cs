using WsBalancer.Proxy.Placement;
using static WsBalancer.Proxy.Tests.ReadSettings;

namespace WsBalancer.Proxy.Tests.Placement;

public sealed class PlacementSettingsTests
{
    [Fact]
    public void Placement_IsRead() => AssertAll(
        new PlacementOptions { FollowLive = true },
        ReadCluster(("UserKey", "query:user"), ("FollowLive", "true")).Get<PlacementOptions>());

    [Fact]
    public void Handshake_IsRead() => AssertAll(
        new HandshakeOptions
        {
            ConnectTimeout = TimeSpan.FromSeconds(2),
            Timeout = TimeSpan.FromSeconds(20),
            Attempts = 5,
            RetryUnanswered = true,
            RetryOn = [502, 503],
        },
        ReadCluster(
            ("UserKey", "query:user"),
            ("Handshake:ConnectTimeout", "2s"),
            ("Handshake:Timeout", "20s"),
            ("Handshake:Attempts", "5"),
            ("Handshake:RetryUnanswered", "true"),
            ("Handshake:RetryOn:0", "502"),
            ("Handshake:RetryOn:1", "503")).Get<HandshakeOptions>());

    [Fact]
    public void Requests_AreRead() => AssertAll(
        new RequestOptions
        {
            IdleTimeout = null,
            BodyTimeout = TimeSpan.FromSeconds(7),
            IdleConnections = 5,
            IdleConnectionTimeout = TimeSpan.FromSeconds(3),
        },
        ReadCluster(
            ("UserKey", "query:user"),
            ("Requests:IdleTimeout", "off"),
            ("Requests:BodyTimeout", "7s"),
            ("Requests:IdleConnections", "5"),
            ("Requests:IdleConnectionTimeout", "3s")).Get<RequestOptions>());
}
