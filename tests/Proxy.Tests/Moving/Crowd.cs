using Microsoft.Extensions.Logging.Abstractions;
using WsBalancer.Proxy.Moving;
using WsBalancer.Proxy.Telemetry;
using WsBalancer.Proxy.Tunnels;

namespace WsBalancer.Proxy.Tests.Moving;

/// <summary>Many users, each with tunnels that end as soon as they are told to.</summary>
internal sealed class Crowd : IDisposable
{
    private static readonly NodeKey Node = new("chat", "ws-1");

    private readonly BalancerRegistry _metrics = new();
    private readonly List<TestTunnel> _tunnels = [];

    public Crowd(int users, int tunnelsEach)
    {
        Registry = new TunnelRegistry(new TunnelMetrics(_metrics));
        Closer = new PacedCloser(Registry, Time, NullLogger<PacedCloser>.Instance);
        for (var i = 0; i < users * tunnelsEach; i++)
        {
            _tunnels.Add(Open($"user-{i % users}"));
        }
    }

    public TimerLog Time { get; } = new();

    public TunnelRegistry Registry { get; }

    public PacedCloser Closer { get; }

    public int Told => _tunnels.Count(tunnel => tunnel.ToldCode is not null);

    public IReadOnlyList<TestTunnel> Tunnels => _tunnels;

    /// <summary>One tunnel more, which is the caller's.</summary>
    public TestTunnel Open(string? user) => new(Registry, Node, Registry.LedgerOf(Node), user, Time);

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

    /// <summary>Advances the clock by a step of the closer, so many times, and lets the run take each.</summary>
    public void Step(ClosingRun run, int steps = 1)
    {
        for (var i = 0; i < steps; i++)
        {
            Time.Advance(PacedCloser.Step);
            run.Step();
        }
    }

    /// <summary>A plan to close everybody.</summary>
    public ClosingPlan Plan(double rate, string operation = "drain-1", TimeSpan? over = null) => new(
        operation,
        new Farewell(TunnelEnd.Drain, 1012, "moving"),
        new PaceTerms(rate, over, TimeSpan.FromSeconds(5)),
        () => Registry.All,
        static _ => true);

    public void Dispose()
    {
        _tunnels.ForEach(tunnel => tunnel.Dispose());
        _metrics.Dispose();
    }

    private bool IsOpen(TestTunnel tunnel) => Registry.Find(tunnel.Tunnel.Identity.Id) is not null;
}
