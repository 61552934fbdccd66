using WsBalancer.Proxy.Telemetry;
using WsBalancer.Proxy.Tunnels;

namespace WsBalancer.Proxy.Tests.Moving;

/// <summary>Many users, each with tunnels that end as soon as they are told to.</summary>
internal sealed class Crowd : IDisposable
{
    private readonly BalancerRegistry _metrics = new();
    private readonly List<TestTunnel> _tunnels = [];

    public Crowd(int users, int tunnelsEach)
    {
        Registry = new TunnelRegistry(new TunnelMetrics(_metrics));
        var node = new NodeKey("chat", "ws-1");
        for (var i = 0; i < users * tunnelsEach; i++)
        {
            _tunnels.Add(new TestTunnel(Registry, node, Registry.LedgerOf(node), $"user-{i % users}", Time));
        }
    }

    public TimerLog Time { get; } = new();

    public TunnelRegistry Registry { get; }

    public int Told => _tunnels.Count(tunnel => tunnel.ToldCode is not null);

    public IReadOnlyList<TestTunnel> Tunnels => _tunnels;

    /// <summary>Tunnels told to close, by user; only users of whom any was told.</summary>
    public IEnumerable<(string User, int Told)> ToldByUser() => _tunnels
        .Where(tunnel => tunnel.ToldCode is not null)
        .GroupBy(tunnel => tunnel.Tunnel.Identity.User!)
        .Select(user => (user.Key, user.Count()));

    /// <summary>Lets what was told to close end.</summary>
    public void EndTold()
    {
        foreach (var tunnel in _tunnels.Where(tunnel => tunnel.ToldCode is not null && IsOpen(tunnel)))
        {
            tunnel.End();
        }
    }

    /// <summary>Advances the clock by a step of the closer, and waits until the closer has taken it.</summary>
    public async Task StepAsync(Func<int> steps)
    {
        var before = steps();
        Time.Advance(TimeSpan.FromMilliseconds(50));
        await Deadline.Until("a step", () => steps() > before);
    }

    /// <summary>Steps until the closer is done.</summary>
    public async Task FinishAsync(Task run, Func<int> steps)
    {
        while (!run.IsCompleted)
        {
            var before = steps();
            Time.Advance(TimeSpan.FromMilliseconds(50));
            await Deadline.Until("a step or the end", () => steps() > before || run.IsCompleted);
        }

        await run;
    }

    public void Dispose()
    {
        _tunnels.ForEach(tunnel => tunnel.Dispose());
        _metrics.Dispose();
    }

    private bool IsOpen(TestTunnel tunnel) => Registry.Find(tunnel.Tunnel.Identity.Id) is not null;
}
