using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using WsBalancer.Proxy.Closing;
using WsBalancer.Proxy.Draining;
using WsBalancer.Proxy.Fleet;
using WsBalancer.Proxy.Peers;
using WsBalancer.Proxy.Rebalancing;
using WsBalancer.Proxy.State;
using WsBalancer.Proxy.Telemetry;
using WsBalancer.Proxy.Tests.Telemetry;

namespace WsBalancer.Proxy.Tests.Closing;

/// <summary>
/// A balancer with only the workers that move tunnels: no server, no probes. The nodes are healthy, and tunnels end
/// only when the test ends them.
/// </summary>
internal sealed class Movers : IAsyncDisposable
{
    private static readonly Type[] Workers =
    [
        typeof(DrainWorker), typeof(RebalanceWorker), typeof(Agreement), typeof(AutoRebalance),
        typeof(DisconnectOperations), typeof(BalancerReport), typeof(OperationMetrics),
    ];

    private readonly List<IHostedService> _running = [];
    private readonly List<TestTunnel> _tunnels = [];

    private Movers(BalancerApp app, TestDisconnections others) => (App, Others) = (app, others);

    public BalancerApp App { get; }

    /// <summary>The other balancers; the test has none until it sets their answer.</summary>
    public TestDisconnections Others { get; }

    public FleetCluster Chat => App.Chat;

    public IReadOnlyList<TestTunnel> Tunnels => _tunnels;

    /// <summary>The messages of the events so far.</summary>
    public IEnumerable<string> Events => App.Get<BalancerEvents>().Recent.Select(happened => happened.Message);

    public int ClosingCount => _tunnels.Count(WasSentClose);

    public static Task<Movers> StartAsync(params string[] nodes) => StartAsync(ChatSettings.OfNodes(nodes));

    public static async Task<Movers> StartAsync(
        Dictionary<string, string?> settings, string id = "a", Action<BalancerApp>? before = null)
    {
        var others = new TestDisconnections();
        var app = BalancerApp.Build(
            settings.With("WsBalancer:State:Id", id),
            services => services.AddSingleton<IDisconnectionChannel>(others));
        var movers = new Movers(app, others);
        foreach (var node in movers.Chat.Current.Nodes)
        {
            movers.App.Fleet.SetHealth(movers.Chat, node.Node, NodeHealth.Healthy, "test");
        }

        before?.Invoke(movers.App);
        movers._running.AddRange(movers.App.Get<IEnumerable<IHostedService>>()
            .Where(service => Workers.Contains(service.GetType())));
        foreach (var service in movers._running)
        {
            await service.StartAsync(TestContext.Current.CancellationToken);
        }

        return movers;
    }

    public static bool WasSentClose(TestTunnel tunnel) => tunnel.SentCloseCode is not null;

    public Node Node(string id) => App.Node(id);

    public TestTunnel Open(string node, string? user)
    {
        var tunnel = new TestTunnel(App.Tunnels, App.Node(node), user, App.Time);
        _tunnels.Add(tunnel);
        return tunnel;
    }

    /// <summary>Opens a tunnel to this node for each of a number of users.</summary>
    public IReadOnlyList<TestTunnel> OpenMany(string node, int count, string prefix = "user") =>
        [.. Enumerable.Range(0, count).Select(i => Open(node, $"{prefix}-{i}"))];

    /// <summary>Opens a tunnel to the home of each user.</summary>
    public void OpenAtHome(int count)
    {
        for (var i = 0; i < count; i++)
        {
            Open(Chat.Current.HomeOf($"user-{i}")!.Id, $"user-{i}");
        }
    }

    /// <summary>Ends the tunnels that were sent a Close, like clients that answer.</summary>
    public void EndClosing()
    {
        foreach (var tunnel in _tunnels.Where(tunnel => WasSentClose(tunnel) && !tunnel.Tunnel.HasEnded))
        {
            tunnel.End();
        }
    }

    /// <summary>
    /// Advances the clock step by step until a fact holds; clients answer a Close if <paramref name="answering"/> is
    /// true.
    /// </summary>
    public Task Until(string fact, Func<bool> holds, bool answering = true) => Deadline.Until(fact, () =>
    {
        App.Time.Advance(PacedCloser.Step);
        if (answering)
        {
            EndClosing();
        }

        return holds();
    });

    public Task UntilEvent(string text) => Until(
        $"an event with '{text}'", () => Events.Any(happened => happened.Contains(text, StringComparison.Ordinal)));

    /// <summary>Lets the automatic rebalance, which looks at the fleet once a second, do so once.</summary>
    public async Task UntilLooked()
    {
        var auto = _running.OfType<AutoRebalance>().Single();
        await auto.CheckAsync(TestContext.Current.CancellationToken);
    }

    public Task<Scrape> ScrapeAsync() => Scrape.OfAsync(App.Get<BalancerRegistry>());

    public async ValueTask DisposeAsync()
    {
        foreach (var service in _running)
        {
            await service.StopAsync(TestContext.Current.CancellationToken);
        }

        _tunnels.ForEach(tunnel => tunnel.Dispose());
        await App.DisposeAsync();
    }
}
