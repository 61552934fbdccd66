using WsBalancer.HashRing;
using WsBalancer.Proxy.Fleet;
using WsBalancer.Proxy.State;
using WsBalancer.Proxy.Telemetry;
using WsBalancer.Proxy.Tests.Telemetry;

namespace WsBalancer.Proxy.Tests.Fleet;

/// <summary>A fleet with the ring of nginx moves to our own ring at run time, in steps.</summary>
public sealed class RingMigrationTests : IAsyncDisposable
{
    private const string Algorithm = ChatSettings.Ours + "Ring:Algorithm";

    private static readonly string[] Users = [.. Enumerable.Range(0, 2_000).Select(i => $"user-{i}")];

    private readonly Dictionary<string, string?> _settings = Enumerable.Range(1, 4).Aggregate(
        ChatSettings.OfNodes("ws-1", "ws-2", "ws-3", "ws-4").With(Algorithm, "nginx"),
        (all, number) => all.With(
            $"{ChatSettings.Yarps}Destinations:ws-{number}:Metadata:RingKey", $"10.0.0.{number}"));

    private readonly BalancerApp _app;

    public RingMigrationTests() => _app = BalancerApp.Build(_settings);

    private Dictionary<string, string?> Finished => _settings.With(Algorithm, "rendezvous");

    private StateStore State => _app.Get<StateStore>();

    private BlendValue? Blend => _app.Chat.Current.Composition.Blend;

    [Fact]
    public async Task Users_MoveOnceAndNoUserMovesInTheEnd()
    {
        var first = Owners();
        var last = RingOwners("rendezvous");
        var before = first;
        foreach (var share in (double[])[0.1, 0.5, 1])
        {
            var result = await BlendAsync(share);

            var now = Owners();
            Assert.All(Users, user => Assert.True(
                now[user] == before[user] || (before[user] == first[user] && now[user] == last[user])));
            var over = Users.Count(user => _app.Chat.Current.Ring!.IsMoved(user)) / (double)Users.Length;
            Assert.InRange(over, share - 0.05, share + 0.05);
            var moved = Users.Count(user => now[user] != before[user]) / (double)Users.Length;
            Assert.InRange(moved, result.Plan.Moved - 0.05, result.Plan.Moved + 0.05);
            before = now;
        }

        Assert.Equal(last, before);
        var homesChangedAt = _app.Chat.HomesChangedAt;
        _app.Time.Advance(TimeSpan.FromMinutes(1));

        _app.Apply(Finished);

        Assert.Equal(last, Owners());
        Assert.Equal((4, homesChangedAt), (_app.Chat.Current.Epoch, _app.Chat.HomesChangedAt));
        Assert.Equal(("rendezvous", null), (_app.Chat.Current.Ring!.Algorithm, _app.Chat.Current.Ring.To));
        Assert.Null(Blend);
        Assert.Null(_app.Node("ws-1").Status.RingKey);
    }

    [Fact]
    public async Task Steps_AreReportedWithWhatTheyMove()
    {
        var plan = (await BlendAsync(0.5)).Plan;

        var published = Assert.Single(_app.Get<BalancerEvents>().Recent, happened => happened.Kind == EventKind.Ring);
        Assert.Equal(
            (2, plan.Moved, plan.Excess),
            (published.Figures["epoch"], published.Figures["moved"], published.Figures["excess"]));
        Assert.InRange(plan.Moved, 0.3, 0.45);
        var scrape = await Scrape.OfAsync(_app.Get<BalancerRegistry>());
        Assert.Equal(plan.Moved, scrape["wsbalancer_ring_moved_ratio{cluster=\"chat\"}"]!.Value, 1e-12);
        Assert.Contains(
            scrape.Series, series => series.Contains("algorithm=\"nginx+rendezvous\"", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Nodes_MayBeRemovedDuringTheMigration()
    {
        await BlendAsync(0.5);
        var before = Owners();

        var plan = (await _app.Get<FleetChanges>().RemoveAsync(
            _app.Chat, "ws-4", null, false, null, TestContext.Current.CancellationToken)).Plan;

        Assert.Equal((0, before.Count(owner => owner.Value == "ws-4")), (plan.Excess, Users.Count(MovedSince(before))));
        Assert.Equal(0.5, _app.Chat.Current.Ring!.Share);
    }

    [Fact]
    public async Task Zero_EndsIt()
    {
        var first = Owners();
        await BlendAsync(0.5);

        await BlendAsync(0);

        Assert.Equal(first, Owners());
        Assert.Null(_app.Chat.Current.Ring!.To);
        Assert.Empty(State.Of("chat"));
    }

    // The record must not take effect again only because the file returns to its earlier content.
    [Fact]
    public async Task Blend_Lapsed_StaysLapsedWhenTheFileReturns()
    {
        await BlendAsync(0.5);
        _app.Apply(Finished);
        Assert.Single(State.Of("chat"));

        _app.Apply(_settings);

        Assert.Equal(RingOwners("nginx"), Owners());
        await Deadline.Until("the record is taken back", () => State.Of("chat").Count == 0);
    }

    [Fact]
    public async Task AnotherSizeOfTheTable_IsNotAStep()
    {
        var envoy = _settings.With(Algorithm, "envoy-ring");
        _app.Apply(envoy);
        await BlendAsync(0.5);
        var before = _app.Chat.Current;

        _app.Apply(envoy.With(ChatSettings.Ours + "Ring:TableSize", "2000"));

        Assert.False(RingChangeRecord.Of(before, _app.Chat.Current)!.IsKnown);
        Assert.Equal(0.5, _app.Chat.Current.Ring!.Share);
    }

    public ValueTask DisposeAsync() => _app.DisposeAsync();

    private Func<string, bool> MovedSince(Dictionary<string, string> before) =>
        user => _app.Chat.Current.OwnerOf(user)!.Id != before[user];

    private Task<ChangeResult> BlendAsync(double share) => _app.Get<FleetChanges>().BlendAsync(
        _app.Chat, "rendezvous", share, null, TestContext.Current.CancellationToken);

    private Dictionary<string, string> Owners() =>
        Users.ToDictionary(user => user, user => _app.Chat.Current.OwnerOf(user)!.Id);

    private static Dictionary<string, string> RingOwners(string algorithm)
    {
        var nodes = Enumerable.Range(1, 4).Select(number => new RingNode($"ws-{number}", 1, $"10.0.0.{number}"));
        var ring = Ring.Build(nodes, new RingOptions { Algorithm = algorithm });
        return Users.ToDictionary(user => user, user => ring.Nodes[ring.OwnerOf(user)].Id);
    }
}
