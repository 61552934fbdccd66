using WsBalancer.EndToEnd.Tests.Clients;
using WsBalancer.EndToEnd.Tests.Nodes;
using WsBalancer.EndToEnd.Tests.Wire;

namespace WsBalancer.EndToEnd.Tests.Fixtures;

/// <summary>
/// A balancer for HTTP/1.1 and HTTP/2 with one scripted node, for all the tests of a class in which the balancer closes
/// tunnels.
/// </summary>
public abstract class ClosingNode(string closeTimeout) : IAsyncLifetime
{
    /// <summary>The code of the Close frames.</summary>
    internal const int CloseCode = 1012;

    private const string Endpoints = "Kestrel:Endpoints";

    private readonly TestCertificate _certificate = TestCertificate.Create();
    private Balancer? _balancer;

    internal ScriptedNode Node { get; } = ScriptedNode.Start("a");

    internal Balancer Balancer => _balancer ?? throw new InvalidOperationException("It has not started.");

    public async ValueTask InitializeAsync() => _balancer = await Balancer.Start(BalancerConfig.With(Node)
        .Set(BalancerConfig.UrlsKey, null)
        .Set($"{Endpoints}:plain:Url", "http://127.0.0.1:0")
        .Set($"{Endpoints}:secure:Url", "https://127.0.0.1:0")
        .Set($"{Endpoints}:secure:Certificate:Path", _certificate.Path)
        .Set($"{Endpoints}:secure:Certificate:Password", _certificate.Password)
        .Set($"{BalancerConfig.ClusterKey}:Tunnels:CloseTimeout", closeTimeout));

    /// <summary>
    /// Begins a test: waits for the end of earlier tunnels, clears earlier requests, and sets the script.
    /// </summary>
    internal async Task Begin(Func<NodeConnection, Task>? script = null)
    {
        await Balancer.UntilEmpty();
        Node.Forget();
        Node.Script = script ?? Script.Hold();
    }

    /// <summary>Opens a tunnel with the test at both ends.</summary>
    internal async Task<HeldTunnel> Open(HttpWire wire)
    {
        if (wire == HttpWire.Http1)
        {
            var client = await RawClient.Open(Port("http"), HeldTunnel.Target);
            return new HeldTunnel(Balancer, client, await Node.NextArrival());
        }

        var connection = await Connect();
        var stream = await connection.Open(HeldTunnel.Target);
        return new HeldTunnel(Balancer, stream, await Node.NextArrival(), connection);
    }

    /// <summary>The address for clients of other libraries.</summary>
    internal Uri Url => new($"ws://127.0.0.1:{Port("http")}{HeldTunnel.Target}");

    internal Task<Http2Connection> Connect() => Http2Connection.Connect(Port("https"), _certificate);

    /// <summary>Closes the one tunnel, as an operator does, and returns when the balancer has begun to.</summary>
    internal async Task CloseByOperator()
    {
        await Balancer.UntilOpen();
        var answer = await Balancer.Delete(
            $"/api/v1/clusters/{BalancerConfig.Cluster}/tunnels?user={HeldTunnel.User}&closeCode={CloseCode}");

        Assert.Equal(1, (int)answer["closed"]!);
    }

    public async ValueTask DisposeAsync()
    {
        await Balancer.DisposeAsync();
        await Node.DisposeAsync();
        _certificate.Dispose();
        GC.SuppressFinalize(this);
    }

    private int Port(string scheme) => Balancer.Urls.Single(url => url.Scheme == scheme).Port;
}

/// <summary>A balancer with a close timeout that is long enough for slow machines.</summary>
public sealed class PatientNode() : ClosingNode("25s");

/// <summary>A balancer with a close timeout of one second.</summary>
public sealed class ImpatientNode() : ClosingNode("1s");
