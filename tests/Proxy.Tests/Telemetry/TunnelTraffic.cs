using WsBalancer.Proxy.Tunnels;

namespace WsBalancer.Proxy.Tests.Telemetry;

/// <summary>Opens and ends tunnels as fast as possible, at many nodes and on two threads, until disposed of.</summary>
internal sealed class TunnelTraffic : IAsyncDisposable
{
    // So many nodes that a scrape takes a while.
    private const int Nodes = 50;

    private readonly CancellationTokenSource _stop = new();
    private readonly TunnelRegistry _tunnels;
    private readonly int _openAtOnce;
    private readonly Task[] _threads;

    private TunnelTraffic(TunnelRegistry tunnels, int openAtOnce)
    {
        _tunnels = tunnels;
        _openAtOnce = openAtOnce;
        _threads = [.. Enumerable.Range(0, 2).Select(_ => Task.Run(OpenAndEnd))];
    }

    public static TunnelTraffic Begin(TunnelRegistry tunnels, int openAtOnce = 100) => new(tunnels, openAtOnce);

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

    private void OpenAndEnd()
    {
        var open = new Queue<TestTunnel>();
        for (var i = 0; !_stop.IsCancellationRequested; i++)
        {
            var node = new NodeKey("chat", $"node-{i % Nodes}");
            open.Enqueue(new TestTunnel(
                _tunnels, node, _tunnels.LedgerOf(node), $"user-{i % 10}", TimeProvider.System));
            if (open.Count > _openAtOnce)
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
