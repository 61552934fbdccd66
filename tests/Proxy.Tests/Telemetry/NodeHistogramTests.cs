using WsBalancer.Proxy.Telemetry;

namespace WsBalancer.Proxy.Tests.Telemetry;

/// <summary>The series of a histogram of nodes when nodes leave.</summary>
public sealed class NodeHistogramTests : IDisposable
{
    private const string Count = "test_seconds_count{cluster=\"chat\",node=\"ws-1\",result=\"failed\"}";

    private readonly BalancerRegistry _registry = new(TimeProvider.System);
    private readonly NodeHistogram _histogram;
    private readonly NodeCounts _counts = new();

    public NodeHistogramTests() => _histogram = _registry.CreateNodeHistogram("test_seconds", "A test.", "result", 1);

    [Fact]
    public async Task Series_OfANodeWithAnAccount_Stays()
    {
        Observe(_counts);
        _registry.Withdraw(Nodes(), Nodes("ws-1", "ws-2"));

        Assert.Equal(1, (await Scrape.OfAsync(_registry))[Count]);
    }

    [Fact]
    public async Task Series_OfANodeWithoutAnAccount_IsWithdrawn_AlsoAfterALateObservation()
    {
        Observe(_counts);
        _registry.Withdraw(Nodes("ws-1"), Nodes("ws-2"));
        Observe(_counts);
        Observe(new NodeCounts());
        _registry.Withdraw(Nodes(), Nodes("ws-2"));

        Assert.Null((await Scrape.OfAsync(_registry))[Count]);
    }

    // The account was opened after the scrape had listed the open ones.
    [Fact]
    public async Task Series_ThatWasWithdrawnFromAnOpenAccount_IsBackWithTheNextScrape()
    {
        Observe(_counts);
        _registry.Withdraw(Nodes("ws-1"), Nodes());
        _counts.Publish("chat", "ws-1");
        Observe(_counts);

        Assert.Equal(1, (await Scrape.OfAsync(_registry))[Count]);
    }

    public void Dispose() => _registry.Dispose();

    private static HashSet<(string Cluster, string Node)> Nodes(params string[] ids) =>
        [.. ids.Select(id => ("chat", id))];

    private void Observe(NodeCounts counts) => counts.Observe(_histogram, "chat", "ws-1", "failed", 0.5);
}
