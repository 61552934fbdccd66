using WsBalancer.Cli.Demo.Claims;
using WsBalancer.Proxy.Admin.Changes;
using WsBalancer.Proxy.Admin.Clusters;
using WsBalancer.Proxy.Admin.Moves;

namespace WsBalancer.Cli.Tests.Demo;

/// <summary>How the chapters of the drain and the rebalance judge the observations of the clients.</summary>
public sealed class MovingClaimsTests
{
    private static readonly DrainStatusView Drained = new()
    {
        Cluster = "chat",
        Node = "ws-1",
        State = "drained",
        Sources = ["operator"],
        Total = 2,
        Closed = 2,
        RatePerSecond = 1,
        CloseCode = 1012,
        Epoch = 1,
    };

    [Theory]
    [InlineData("a a b b", "b c b b", 2, 0, "✓✓✓✓")]
    [InlineData("a a b b", "b - b b", 2, 0, "✓✓✗✓")]
    [InlineData("a a b b", "b a b b", 2, 0, "✓✓✗✓")]
    [InlineData("a a b b", "b c b b", 1, 0, "✓✓✓✗")]
    [InlineData("a a b b", "b c b b", 2, 1, "✓✓✓✗")]
    [InlineData("a a b b", "b c b c", 2, 0, "✓✓✓✗")]
    public void Drain(string before, string after, int answered, int recalled, string expected)
    {
        var outcome = new DrainOutcome(Drained, Rate: 1, TimeSpan.FromSeconds(1), answered, recalled);
        var claims = DrainClaims.JudgeDrain("a", outcome, Placements.Of(before), Placements.Of(after));

        Assert.Equal(expected, Marks(claims));
    }

    [Theory]
    [InlineData("drained", 0, 0, "✓")]
    [InlineData("draining", 1, 0, "✗")]
    [InlineData("drained", 0, 1, "✗")]
    public void Drain_IsDoneOnlyIfNoTunnelIsLeftOrForced(string state, long remaining, long forced, string expected)
    {
        var status = Drained with { State = state, Remaining = remaining, Forced = forced };
        var outcome = new DrainOutcome(status, Rate: 1, TimeSpan.FromSeconds(1), Answered: 1, OthersRecalled: 0);

        var claims = DrainClaims.JudgeDrain("a", outcome, Placements.Of("a b"), Placements.Of("b b"));

        Assert.Equal(expected, Marks([claims[0]]));
    }

    [Theory]
    [InlineData(4.0, true)]
    [InlineData(3.2, true)]
    [InlineData(3.1, false)]
    public void Drain_AheadOfItsPace_Fails(double seconds, bool held)
    {
        var outcome = new DrainOutcome(Drained, Rate: 1, TimeSpan.FromSeconds(seconds), 1, 0);

        var claims = DrainClaims.JudgeDrain("a", outcome, Placements.Of("a a a a a b"), Placements.Of("b b b b b b"));

        Assert.Equal(held, claims[1].Held);
    }

    [Theory]
    [InlineData("a a b", "a a b", "✓✓")]
    [InlineData("a c b", "a a b", "✗✓")]
    [InlineData("a a b", "a b b", "✓✗")]
    [InlineData("a a b", "a - b", "✓✗")]
    public void Resume(string homes, string after, string expected) => Assert.Equal(
        expected,
        Marks(DrainClaims.JudgeResume(
            "a", Placements.Owners("a a b"), Placements.Owners(homes), Placements.Of("a a b"), Placements.Of(after))));

    [Theory]
    [InlineData(0.25, 0, 2, 2, 4, "✓✓✓")]
    [InlineData(0.26, 0, 2, 2, 4, "✗✓✓")]
    [InlineData(0.25, 0.01, 2, 2, 4, "✗✓✓")]
    [InlineData(0.25, 0, 2, 2, 3, "✓✗✓")]
    [InlineData(0.25, 0, 3, 2, 4, "✓✓✗")]
    [InlineData(0.25, 0, 2, 3, 4, "✓✓✗")]
    public void Growth(double moved, double excess, long misplaced, int planned, int stillOpen, string expected)
    {
        var added = new NodeView(
            "chat", "c", "http://c/", 1, "configured", [], "active", "healthy", 0, 0, 0.25, null);
        var plan = new PlanView
        {
            Moved = moved,
            Minimum = moved - excess,
            Excess = excess,
            TunnelsMoved = planned,
            Epoch = 1,
        };

        Assert.Equal(
            expected, Marks(GrowthClaims.JudgeGrowth(added, plan, movers: 2, misplaced, stillOpen, users: 4)));
    }

    [Theory]
    [InlineData("a c b", 0, 2, 0, "✓✓✓")]
    [InlineData("a c b", 1, 2, 0, "✗✓✓")]
    [InlineData("a - b", 0, 2, 0, "✓✗✓")]
    [InlineData("a a b", 0, 2, 0, "✓✗✓")]
    [InlineData("a c b", 0, 1, 0, "✓✓✗")]
    [InlineData("a c b", 0, 2, 1, "✓✓✗")]
    [InlineData("c c b", 0, 2, 0, "✓✓✗")]
    public void Rebalance(string after, long left, int answered, int recalled, string expected) => Assert.Equal(
        expected,
        Marks(GrowthClaims.JudgeRebalance(
            "c", left, ["u2"], Placements.Of("a a b"), Placements.Of(after), answered, recalled)));

    private static string Marks(IEnumerable<Claim> claims) =>
        string.Concat(claims.Select(claim => claim.Held ? '✓' : '✗'));
}
