using System.Net;
using System.Text;
using WsBalancer.EndToEnd.Tests.Clients;
using WsBalancer.EndToEnd.Tests.Fixtures;
using WsBalancer.EndToEnd.Tests.Wire;

namespace WsBalancer.EndToEnd.Tests.Transparency;

/// <summary>One way into a balancer: an engine, in clear or over TLS.</summary>
internal sealed record Door(string Engine, TestCertificate? Certificate, Balancer Balancer)
{
    public bool IsSecure => Certificate is not null;

    public int Port => Balancer.UrlOf(IsSecure ? "https" : "http").Port;

    /// <summary>Connects and sends these bytes.</summary>
    /// <param name="bytes">The bytes, a character for each.</param>
    /// <param name="from">The client's address.</param>
    public async Task<WireEnd> Send(string bytes, string from = "127.0.0.1")
    {
        var wire = Certificate is { } certificate
            ? (WireEnd)await StreamWire.Connect(Port, certificate, from)
            : (await RawClient.Connect(Port, socket => socket.Bind(new IPEndPoint(IPAddress.Parse(from), 0)))).Wire;
        await wire.Send(Encoding.Latin1.GetBytes(bytes));
        return wire;
    }

    public override string ToString() => $"{Engine}{(IsSecure ? " over TLS" : "")}";
}
