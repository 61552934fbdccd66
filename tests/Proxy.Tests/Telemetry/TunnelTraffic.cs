using WsBalancer.Proxy.Tunnels;

namespace WsBalancer.Proxy.Tests.Telemetry;

/// <summary>Tunnels that come and go as fast as they can, from one thread a node, until disposed.</summary>
internal sealed class TunnelTraffic : IAsyncDisposable
{
    private const int OpenAtOnce = 5;

    private readonly CancellationTokenSource _stop = new();
    private readonly TunnelRegistry _tunnels;
    private readonly Task[] _threads;

    private TunnelTraffic(TunnelRegistry tunnels, string[] nodes)
    {
        _tunnels = tunnels;
        _threads = [.. nodes.Select(node => Task.Run(() => ComeAndGo(new NodeKey("chat", node))))];
    }

    public static TunnelTraffic Begin(TunnelRegistry tunnels, params string[] nodes) => new(tunnels, nodes);

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await Task.WhenAll(_threads);
        _stop.Dispose();
    }

    private static void End(TestTunnel tunnel, TunnelEnd end)
    {
        tunnel.End(end);
        tunnel.Dispose();
    }

    private void ComeAndGo(NodeKey node)
    {
        var open = new Queue<TestTunnel>();
        for (var i = 0; !_stop.IsCancellationRequested; i++)
        {
            open.Enqueue(new TestTunnel(
                _tunnels, node, _tunnels.LedgerOf(node), $"user-{i % 10}", TimeProvider.System));
            if (open.Count > OpenAtOnce)
            {
                End(open.Dequeue(), (TunnelEnd)(i % TunnelEndLabel.All.Count));
            }
        }

        foreach (var tunnel in open)
        {
            End(tunnel, TunnelEnd.Client);
        }
    }
}
