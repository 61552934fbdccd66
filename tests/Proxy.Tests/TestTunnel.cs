using WsBalancer.Proxy.Fleet;
using WsBalancer.Proxy.Tests.Tunnels;
using WsBalancer.Proxy.Tunnels;

namespace WsBalancer.Proxy.Tests;

/// <summary>A registered tunnel without sockets, whose peers send nothing.</summary>
internal sealed class TestTunnel : IDisposable
{
    private readonly TunnelRegistry _registry;
    private readonly RecordingStream _client = new();
    private readonly CancellationTokenSource _cut = new();

    public TestTunnel(
        TunnelRegistry registry,
        Node node,
        string? user,
        TimeProvider time,
        TunnelOptions? options = null,
        Action<Tunnel>? register = null)
        : this(registry, node.Key, node.Ledger, user, time, options, register)
    {
    }

    public TestTunnel(
        TunnelRegistry registry,
        NodeKey node,
        TunnelLedger ledger,
        string? user,
        TimeProvider time,
        TunnelOptions? options = null,
        Action<Tunnel>? register = null)
    {
        _registry = registry;
        var identity = new TunnelIdentity(registry.NextId(), node, user, "HTTP/1.1");
        var terms = new TunnelTerms(identity, options ?? new TunnelOptions(), ledger, time);
        var flow = new StreamFlow(terms, _cut, 256 * 1024, _client);
        flow.AcceptNode(new RecordingStream());
        Tunnel = flow.Tunnel;
        (register ?? registry.Add)(Tunnel);
    }

    public Tunnel Tunnel { get; }

    /// <summary>The code of the Close frame that was sent to the client; null if there was none.</summary>
    public int? SentCloseCode => _client.Written is [0x88, _, var high, var low, ..] ? (high << 8) | low : null;

    public bool IsCut => _cut.IsCancellationRequested;

    /// <summary>Is cancelled when the tunnel is aborted.</summary>
    public CancellationToken Aborted => _cut.Token;

    /// <summary>Ends the tunnel, as the placement does when both sides have ended.</summary>
    public void End(TunnelEnd otherwise = TunnelEnd.Client) => _registry.Remove(Tunnel, Tunnel.Finish(otherwise));

    public void Dispose() => _cut.Dispose();
}
