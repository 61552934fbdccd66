using Microsoft.Extensions.Logging.Abstractions;
using WsBalancer.Proxy.Closing;
using WsBalancer.Proxy.Telemetry;
using WsBalancer.Proxy.Tunnels;

namespace WsBalancer.Proxy.Tests.Closing;

/// <summary>Many users with tunnels; a tunnel that was sent a Close ends with <see cref="EndClosing"/>.</summary>
internal sealed class Crowd : IDisposable
{
    private static readonly NodeKey Node = new("chat", "ws-1");

    private readonly BalancerRegistry _metrics = new(TimeProvider.System);
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

    public int ClosingCount => _tunnels.Count(tunnel => tunnel.SentCloseCode is not null);

    public IReadOnlyList<TestTunnel> Tunnels => _tunnels;

    /// <summary>Opens another tunnel, which the caller must dispose of.</summary>
    public TestTunnel Open(string? user) => new(Registry, Node, Registry.LedgerOf(Node), user, Time);

    /// <summary>The number of tunnels of each user that were sent a Close, for users with at least one.</summary>
    public IEnumerable<(string User, int ClosingCount)> ClosesByUser() => _tunnels
        .Where(tunnel => tunnel.SentCloseCode is not null)
        .GroupBy(tunnel => tunnel.Tunnel.Identity.User!)
        .Select(user => (user.Key, user.Count()));

    /// <summary>Ends the tunnels that were sent a Close.</summary>
    public void EndClosing()
    {
        foreach (var tunnel in _tunnels.Where(tunnel => tunnel.SentCloseCode is not null && IsOpen(tunnel)))
        {
            tunnel.End();
        }
    }

    /// <summary>
    /// Advances the clock by one step of the closer and runs the step, <paramref name="steps"/> times.
    /// </summary>
    public void Step(ClosingRun run, int steps = 1)
    {
        for (var i = 0; i < steps; i++)
        {
            Time.Advance(PacedCloser.Step);
            run.Step();
        }
    }

    /// <summary>A plan that closes the tunnels of all users.</summary>
    public ClosingPlan Plan(double rate, string operation = "drain-1", TimeSpan? over = null) => new(
        operation,
        new CloseMessage(TunnelEnd.Drain, 1012, "moving"),
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
