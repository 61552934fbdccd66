using WsBalancer.Cli.Demo.Claims;
using WsBalancer.Proxy.Admin.Clusters;

namespace WsBalancer.Cli.Tests.Demo;

/// <summary>
/// How each chapter judges the observations of the clients. The last argument marks the claims that must hold.
/// </summary>
public sealed class ClaimsTests
{
    [Theory]
    [InlineData("a a b b", "a a b b", "✓✓✓")]
    [InlineData("a a b -", "a a b b", "✗✓✗")]
    [InlineData("a a b b", "a a b a", "✓✓✗")]
    [InlineData("a a b z", "a a b z", "✓✗✓")]
    [InlineData("- - - -", "a a b b", "✗✗✗")]
    public void Spread(string placement, string owners, string expected)
    {
        var claims = SpreadClaims.Judge(
            4, Placements.Of(placement), Placements.Owners(owners), [Node("a", 0.5), Node("b", 0.5)]);

        Assert.Equal(expected, Marks(claims));
    }

    [Fact]
    public void Spread_ByAShareThatTheCountsRefute_Fails()
    {
        var placement = Enumerable.Range(0, 200).ToDictionary(i => $"u{i}", _ => "a");
        var owners = placement.ToDictionary(entry => entry.Key, entry => (string?)entry.Value);

        var claims = SpreadClaims.Judge(200, placement, owners, [Node("a", 0.5), Node("b", 0.5)]);

        Assert.Equal("✓✗✓", Marks(claims));
        Assert.Contains("a 200 (expected 100.0 ± 42.4)", claims[1].Evidence, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(0.5, 200, 142, true)]
    [InlineData(0.5, 200, 143, false)]
    [InlineData(1, 200, 200, true)]
    [InlineData(1, 200, 199, false)]
    [InlineData(0, 200, 0, true)]
    [InlineData(0, 200, 1, false)]
    public void AShare_ExplainsCountsWithinSixDeviations(double share, int total, int count, bool explains) =>
        Assert.Equal(explains, Share.Explains(share, count, total));

    [Theory]
    [InlineData("a b", "a b", "✓")]
    [InlineData("a b", "a a", "✗")]
    [InlineData("a b", "a -", "✗")]
    [InlineData("- -", "- -", "✗")]
    public void Return(string before, string after, string expected) =>
        Assert.Equal(expected, Marks(ReturnClaims.Judge(Placements.Of(before), Placements.Of(after))));

    [Theory]
    [InlineData("a>b b>a", "", "✓✓")]
    [InlineData("a>b", "b>a", "✗✗")]
    [InlineData("a>b b>a", "b>a", "✗✓")]
    [InlineData("a>b a>a", "", "✓✗")]
    [InlineData("", "", "✗✗")]
    public void Talk(string arrived, string lost, string expected)
    {
        var deliveries = Deliveries(arrived, arrived: true).Concat(Deliveries(lost, arrived: false)).ToList();

        Assert.Equal(expected, Marks(TalkClaims.Judge(["a", "b"], deliveries)));
    }

    [Theory]
    [InlineData("a a b b", "a c b b", 4, "✓✓✓")]
    [InlineData("a a b b", "a c b b", 3, "✗✓✓")]
    [InlineData("a a b b", "a a b b", 4, "✓✗✓")]
    [InlineData("a a b b", "a c b a", 4, "✓✓✗")]
    [InlineData("a a b b", "a c b -", 4, "✓✓✗")]
    public void Resize(string before, string after, int stillOpen, string expected) => Assert.Equal(
        expected,
        Marks(ResizeClaims.Judge("c", 1 / 3d, stillOpen, Placements.Of(before), Placements.Of(after))));

    [Fact]
    public void Resize_ThatMovesMoreThanTheShare_Fails()
    {
        var before = Enumerable.Range(0, 200).ToDictionary(i => $"u{i}", _ => "a");
        var after = before.ToDictionary(entry => entry.Key, _ => "b");

        Assert.Equal("✓✗✓", Marks(ResizeClaims.Judge("b", 0.5, 200, before, after)));
    }

    [Theory]
    [InlineData("a a b b", "b c b b", 2, 2, "✓✓✓✓")]
    [InlineData("a a b b", "b c b b", 1, 2, "✗✓✓✓")]
    [InlineData("a a b b", "b c b b", 2, 1, "✓✗✓✓")]
    [InlineData("a a b b", "b - b b", 2, 2, "✓✓✗✓")]
    [InlineData("a a b b", "b a b b", 2, 2, "✓✓✗✓")]
    [InlineData("a a b b", "b c b c", 2, 2, "✓✓✓✗")]
    public void Crash(string before, string after, int lost, int answered, string expected) => Assert.Equal(
        expected, Marks(CrashClaims.Judge("a", lost, answered, Placements.Of(before), Placements.Of(after))));

    [Fact]
    public void Crash_CountsUsersByTheirNewNode()
    {
        var claims = CrashClaims.Judge("a", 3, 1, Placements.Of("a a a b"), Placements.Of("c b c b"));

        Assert.Equal("3 of 3 users: 1 to b, 2 to c", claims[2].Evidence);
    }

    [Theory]
    [InlineData("a a b b", "a a b b", 2, 0, "✓✓✓")]
    [InlineData("a a b b", "a b b b", 2, 0, "✗✓✓")]
    [InlineData("a a b b", "a a b b", 1, 0, "✓✗✓")]
    [InlineData("a a b b", "a a b b", 2, 1, "✓✓✗")]
    public void Homecoming(string before, string after, int answered, long misplaced, string expected) => Assert.Equal(
        expected,
        Marks(HomecomingClaims.Judge("a", answered, misplaced, Placements.Of(before), Placements.Of(after))));

    private static string Marks(IEnumerable<Claim> claims) =>
        string.Concat(claims.Select(claim => claim.Held ? '✓' : '✗'));

    private static IEnumerable<Delivery> Deliveries(string pairs, bool arrived) => pairs
        .Split(' ', StringSplitOptions.RemoveEmptyEntries)
        .Select(pair => pair.Split('>'))
        .Select(pair => new Delivery(pair[0], pair[1], arrived));

    private static NodeView Node(string id, double share) =>
        new("chat", id, $"http://{id}/", 1, "configured", [], "active", "healthy", 0, 0, share, null);
}
