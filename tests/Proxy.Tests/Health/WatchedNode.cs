using WsBalancer.Proxy.Fleet;
using WsBalancer.Proxy.Health;

namespace WsBalancer.Proxy.Tests.Health;

/// <summary>One real node under a watch whose clock advances only for the next probe.</summary>
internal sealed class WatchedNode : IAsyncDisposable
{
    // Longer than the longest pause between two probes: 2 s and 10 %.
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(2.2);

    private readonly BalancerApp _app;
    private int _probes;

    private WatchedNode(BalancerApp app, TestNode node)
    {
        _app = app;
        Server = node;
        Watch = new NodeWatch(app.Fleet, app.Chat, app.Node("ws-1"), app.Get<NodeProbe>(), app.Time);
        app.Fleet.NodeChanged += (_, changed) => Changes.Add($"{changed.Health} {changed.Status.AnnouncesDrain}");
    }

    public TestNode Server { get; }

    public NodeWatch Watch { get; }

    public Node Node => Watch.Node;

    /// <summary>Health and drain announcement after each change.</summary>
    public List<string> Changes { get; } = [];

    public TimerLog Time => _app.Time;

    /// <summary>The node's status for HTTP probes; 0 for the announcement of a drain.</summary>
    public int Status { get; set; } = 200;

    public static WatchedNode OverTcp() => Of([]);

    public static WatchedNode OverHttp() => Of([(ChatSettings.Yarps + "HealthCheck:Active:Path", "/health")]);

    public void Start() => Watch.Start(ex => Assert.Fail(ex.ToString()));

    /// <summary>
    /// Waits until the next probe has been judged; the first is sent at once, and later ones when their time has
    /// passed.
    /// </summary>
    public async Task ProbeAsync(int times = 1)
    {
        for (; times > 0; times--)
        {
            if (_probes++ == 0)
            {
                Start();
            }
            else
            {
                Time.Advance(Pause);
            }

            await Time.Until(IsPause, _probes);
        }
    }

    public static bool IsPause(TimeSpan due) => due.TotalSeconds is >= 1.8 and <= 2.2;

    public async ValueTask DisposeAsync()
    {
        await Watch.DisposeAsync();
        await _app.DisposeAsync();
        await Server.DisposeAsync();
    }

    private static WatchedNode Of((string Key, string Value)[] settings)
    {
        var server = new TestNode("ws-1");
        var all = settings.Aggregate(
            ChatSettings.Of(("ws-1", server.Address)), (others, one) => others.With(one.Key, one.Value));
        var node = new WatchedNode(BalancerApp.Build(all), server);
        server.OnRequest = request =>
            node.Status == 0 ? request.AnnounceDrainAsync() : request.ReplyAsync(node.Status, "");
        return node;
    }
}
