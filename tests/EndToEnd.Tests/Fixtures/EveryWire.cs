using WsBalancer.EndToEnd.Tests.Clients;
using WsBalancer.EndToEnd.Tests.Nodes;
using WsBalancer.EndToEnd.Tests.Wire;

namespace WsBalancer.EndToEnd.Tests.Fixtures;

/// <summary>
/// One scripted node behind a balancer on each engine, which clients reach in clear, over TLS and over HTTP/2.
/// </summary>
public sealed class EveryWire : IAsyncLifetime
{
    // Longer than the deadline of every test: a tunnel that ends only by this timeout fails its test.
    private const string CloseTimeout = "60s";

    private static readonly string[] Engines = ["io_uring", "epoll", "sockets"];

    private readonly TestCertificate _certificate = TestCertificate.Create();
    private readonly Dictionary<string, Balancer> _balancers = [];

    internal ScriptedNode Node { get; } = ScriptedNode.Start("a");

    /// <summary>Each engine with each of these wires.</summary>
    public static TheoryData<string, ClientWire> With(params ClientWire[] wires)
    {
        var all = new TheoryData<string, ClientWire>();
        foreach (var engine in Engines)
        {
            foreach (var wire in wires)
            {
                all.Add(engine, wire);
            }
        }

        return all;
    }

    public async ValueTask InitializeAsync()
    {
        foreach (var engine in Engines)
        {
            _balancers[engine] = await Balancer.Start(
                BalancerConfig.With(Node)
                    .WithTwoEndpoints(_certificate)
                    .Set($"{BalancerConfig.ClusterKey}:Tunnels:CloseTimeout", CloseTimeout),
                engine);
        }
    }

    /// <summary>Begins a test: waits for the end of earlier tunnels, clears earlier requests, and sets the script.
    /// </summary>
    internal async Task<Balancer> Begin(string engine, Func<NodeConnection, Task>? script = null)
    {
        await _balancers[engine].UntilEmpty();
        Node.Forget();
        Node.Script = script ?? Script.Hold();
        return _balancers[engine];
    }

    /// <summary>The port of a balancer for a wire.</summary>
    internal static int PortOf(Balancer balancer, ClientWire wire) => balancer.UrlOf(
        wire == ClientWire.Clear ? "http" : "https").Port;

    /// <summary>Opens a connection for HTTP/1.1, without a request.</summary>
    internal async Task<RawClient> Connect(Balancer balancer, ClientWire wire)
    {
        var port = PortOf(balancer, wire);
        return wire == ClientWire.Clear
            ? await RawClient.Connect(port)
            : new RawClient(port, await StreamWire.Connect(port, _certificate));
    }

    /// <summary>Opens a tunnel with the test at both ends.</summary>
    internal async Task<HeldTunnel> Open(Balancer balancer, ClientWire wire)
    {
        if (wire == ClientWire.Http2)
        {
            var connection = await Http2Connection.Connect(PortOf(balancer, wire), _certificate);
            var stream = await connection.Open(HeldTunnel.Target);
            return new HeldTunnel(balancer, stream, await Node.NextArrival(), connection);
        }

        var client = await Connect(balancer, wire);
        await client.Open(HeldTunnel.Target);
        return new HeldTunnel(balancer, client, await Node.NextArrival());
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var balancer in _balancers.Values)
        {
            await balancer.DisposeAsync();
        }

        await Node.DisposeAsync();
        _certificate.Dispose();
    }
}

/// <summary>The protocol between a client and a balancer.</summary>
public enum ClientWire
{
    /// <summary>HTTP/1.1 in clear.</summary>
    Clear,

    /// <summary>HTTP/1.1 over TLS.</summary>
    Tls,

    /// <summary>A stream of an HTTP/2 connection over TLS.</summary>
    Http2,
}
