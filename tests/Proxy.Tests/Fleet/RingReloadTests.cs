using WsBalancer.Proxy.Fleet;
using WsBalancer.Proxy.Identity;
using WsBalancer.Proxy.Telemetry;
using WsBalancer.Proxy.Tests.Identity;
using WsBalancer.Proxy.Tests.Telemetry;

namespace WsBalancer.Proxy.Tests.Fleet;

/// <summary>A cluster whose ring algorithm is changed at run time.</summary>
public sealed class RingReloadTests : IAsyncDisposable
{
    private const string Algorithm = ChatSettings.Ours + "Ring:Algorithm";
    private const string Keys = ChatSettings.Yarps + "Destinations:";

    private readonly Dictionary<string, string?> _settings = ChatSettings.OfNodes("ws-1", "ws-2", "ws-3");
    private readonly BalancerApp _app;

    public RingReloadTests() => _app = BalancerApp.Build(_settings);

    [Fact]
    public void AnotherAlgorithm_AndBack_GivesTheFirstRingBack()
    {
        var first = Fingerprint.Text(_app.Chat.Current.Ring!);
        Assert.Equal(("rendezvous", "é", null), NowAs());

        _app.Apply(_settings.With(Algorithm, "nginx"));
        Assert.Equal(("nginx", "%C3%A9", "ws-1.invalid:80"), NowAs());
        Assert.Equal(2, _app.Chat.Current.Epoch);

        _app.Apply(_settings);
        Assert.Equal(("rendezvous", "é", null), NowAs());
        Assert.Equal((first, 3), (Fingerprint.Text(_app.Chat.Current.Ring!), _app.Chat.Current.Epoch));
    }

    [Fact]
    public async Task AnotherAlgorithm_IsReportedToMoveUpToAll()
    {
        var before = _app.Chat.Current;

        _app.Apply(_settings.With(Algorithm, "maglev"));

        Assert.Equal(new RingChangeRecord(2, 1, 0, IsKnown: false), RingChangeRecord.Of(before, _app.Chat.Current));
        Assert.Equal(
            "Ring of cluster 'chat', epoch 2: 3 nodes, built with other settings (maglev/1;m=65537;seed=none). "
            + "It cannot be compared with the previous ring: up to all of the users moved.",
            Assert.Single(MessagesOf(204)));
        Assert.Empty(MessagesOf(200));
        var scrape = await Scrape.OfAsync(_app.Get<BalancerRegistry>());
        Assert.Equal(1, scrape["wsbalancer_ring_moved_ratio{cluster=\"chat\"}"]);
        Assert.Equal(0, scrape["wsbalancer_ring_excess_ratio{cluster=\"chat\"}"]);
        Assert.StartsWith(
            "wsbalancer_ring_info{cluster=\"chat\",algorithm=\"maglev\",fingerprint=",
            Assert.Single(scrape.Series, series => series.StartsWith("wsbalancer_ring_info", StringComparison.Ordinal)),
            StringComparison.Ordinal);
    }

    [Fact]
    public void AnotherNode_InTheSameRing_IsStillCounted()
    {
        _app.Apply(_settings.With(Algorithm, "nginx"));
        _app.Apply(_settings.With(Algorithm, "nginx").WithoutNode("ws-3"));

        Assert.Contains("moved", Assert.Single(MessagesOf(200)), StringComparison.Ordinal);
    }

    [Fact]
    public void DefaultHash_WrittenOut_IsTheSameRing()
    {
        var haproxy = WithNumbers(_settings.With(Algorithm, "haproxy"));
        _app.Apply(haproxy);
        var ring = _app.Chat.Current.Ring;

        _app.Apply(haproxy.With(ChatSettings.Ours + "Ring:Hash", "sdbm+avalanche"));
        Assert.Same(ring, _app.Chat.Current.Ring);

        _app.Apply(haproxy.With(ChatSettings.Ours + "Ring:Hash", "sdbm"));
        Assert.NotSame(ring, _app.Chat.Current.Ring);
    }

    [Fact]
    public void AnotherKey_IsAnotherRing()
    {
        var nginx = _settings.With(Algorithm, "nginx");
        _app.Apply(nginx);
        var fingerprint = Fingerprint.Text(_app.Chat.Current.Ring!);

        _app.Apply(nginx.With(Keys + "ws-1:Metadata:RingKey", "10.0.0.1:5001"));

        Assert.Equal("10.0.0.1:5001", _app.Node("ws-1").Status.RingKey);
        Assert.NotEqual(fingerprint, Fingerprint.Text(_app.Chat.Current.Ring!));
    }

    // YARP and the balancer both subscribe to the configuration; which of them is notified first alternates per reload.
    [Fact]
    public void AlgorithmAndKeys_OfOneReload_AreTakenTogether()
    {
        for (var i = 0; i < 3; i++)
        {
            _app.Apply(WithNumbers(_settings.With(Algorithm, "haproxy")));
            Assert.Equal(("haproxy", "%C3%A9", "1"), NowAs());

            _app.Apply(_settings);
            Assert.Equal(("rendezvous", "é", null), NowAs());
        }
    }

    [Fact]
    public void NodesThatTheRingCannotTake_ChangeNothingAndAreReported()
    {
        var ring = _app.Chat.Current.Ring;
        for (var i = 0; i < 3; i++)
        {
            _app.Apply(_settings.With(Algorithm, "haproxy").WithNode($"ws-{i + 7}", "http://more.invalid/"));

            Assert.Same(ring, _app.Chat.Current.Ring);
            Assert.Equal(("rendezvous", "é", null), NowAs());
        }

        Assert.Contains(
            _app.Logs.GetSnapshot(),
            record => record.Exception?.ToString().Contains(
                "ReverseProxy:Clusters:chat:Destinations:ws-1:Metadata:RingKey is missing: expected the server's id",
                StringComparison.Ordinal) is true);
        Assert.NotEmpty(MessagesOf(205));
        Assert.All(MessagesOf(205), message => Assert.Matches(
            "^Ring of cluster 'chat' is unchanged until its nodes and its settings are valid together: "
            + "ReverseProxy:Clusters:chat:Destinations:ws-.:Metadata:RingKey is missing: expected .*\\.$",
            message));
    }

    [Fact]
    public void Settings_ThatAreWrong_ChangeNothingAndAreReported()
    {
        var ring = _app.Chat.Current.Ring;

        _app.Apply(_settings.With(Algorithm, "nginx").With(ChatSettings.Ours + "Ring:TableSize", "7"));

        Assert.Same(ring, _app.Chat.Current.Ring);
        Assert.Equal(("rendezvous", "é", null), NowAs());
        Assert.Equal(
            ["WsBalancer:Clusters:chat:Ring:TableSize is '7': expected no table size with 'nginx'"], MessagesOf(1));
    }

    public ValueTask DisposeAsync() => _app.DisposeAsync();

    /// <summary>The algorithm, the user id that it hashes, and its key for the first node.</summary>
    private (string Algorithm, string? User, string? Key) NowAs() => (
        _app.Chat.Current.Ring!.Algorithm,
        _app.Chat.Current.Settings.Get<UserIdentity>().Key.Find(RequestContext.Of("/?user=%C3%A9")).Value,
        _app.Node("ws-1").Status.RingKey);

    private static Dictionary<string, string?> WithNumbers(Dictionary<string, string?> settings) =>
        Enumerable.Range(1, 3).Aggregate(
            settings, (all, number) => all.With($"{Keys}ws-{number}:Metadata:RingKey", $"{number}"));

    private IEnumerable<string> MessagesOf(int id) =>
        from record in _app.Logs.GetSnapshot()
        where record.Id.Id == id && record.Category!.StartsWith("WsBalancer", StringComparison.Ordinal)
        select record.Message;
}
