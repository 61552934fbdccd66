namespace WsBalancer.HashRing.Tests;

/// <summary>
/// The statistics of the ring and of the hash of user ids. Windows are 6 standard deviations wide, and the sets of
/// nodes and users are fixed, so these tests never fail by chance.
/// </summary>
public sealed class BalanceTests
{
    private const double Slots = 1 << 18;
    private const int Users = 200_000;

    private static readonly Ring Ten = Ring.Build(EqualNodes(10));

    [Fact]
    public void Shares_SumToOne()
    {
        var owned = Enumerable.Range(0, 10).Select(node => Ten.ShareOf(node).Owned).Aggregate((a, b) => a + b);

        Assert.Equal(Ten.ShareOf(0).Total, owned);
        Assert.Equal((UInt128)Slots, owned);
    }

    [Fact]
    public void Shares_AreInProportionToWeights()
    {
        int[] weights = [1, 2, 3, 5, 8, 13, 100, 1000, 20_000, 65_535];
        var ring = Ring.Build(weights.Select(static weight => new RingNode($"w{weight}", weight)));

        for (var i = 0; i < weights.Length; i++)
        {
            var ideal = weights[i] / (double)weights.Sum();
            var share = ring.ShareOf(ring.IndexOf($"w{weights[i]}")).Ratio;

            // A node whose ideal share is below one slot may own no slot: the last term allows for one slot more or
            // less.
            AssertNear(ideal, share, Math.Sqrt(ideal * (1 - ideal) / Slots) + (1 / Slots));
        }
    }

    [Theory]
    [InlineData(3)]
    [InlineData(10)]
    [InlineData(100)]
    public void Peak_IsThatOfIndependentSlots(int count)
    {
        var ring = count == 10 ? Ten : Ring.Build(EqualNodes(count));

        var peak = Enumerable.Range(0, count).Max(node => ring.ShareOf(node).Ratio) * count;

        var deviation = Math.Sqrt((count - 1) / Slots);
        Assert.InRange(peak, 1, 1 + ((Math.Sqrt(2 * Math.Log(count)) + 3) * deviation));
    }

    [Fact]
    public void Add_MovesOneEleventh()
    {
        var plan = Ten.PlanTo(Ten.Apply(RingChange.Add(new RingNode("node-new"))));

        AssertNear(1 / 11.0, plan.Moved, Math.Sqrt(1 / 11.0 * (10 / 11.0) / Slots));
    }

    [Fact]
    public void MovedUsers_AreABinomialOfTheExactShare()
    {
        var plan = Ten.PlanTo(Ten.Apply(RingChange.Add(new RingNode("node-new"))));

        var moved = Enumerable.Range(0, Users).Count(i => plan.TryFindMove($"user-{i}", out _, out _));

        AssertNear(Users * plan.Moved, moved, Math.Sqrt(Users * plan.Moved * (1 - plan.Moved)));
    }

    // Ids in the forms that fleets use: counted, random, and with a common beginning or end.
    [Theory]
    [InlineData("{0}")]
    [InlineData("user-{0}")]
    [InlineData("{0:D12}@example.org")]
    [InlineData("{1}")]
    [InlineData("пользователь-{0}-🦊")]
    public void Users_SpreadOverNodesByTheirShares(string format)
    {
        var observed = new int[Ten.Nodes.Count];
        for (var i = 0; i < Users; i++)
        {
            observed[Ten.OwnerOf(string.Format(null, format, i, GuidOf(i)))]++;
        }

        var chiSquare = 0.0;
        for (var node = 0; node < observed.Length; node++)
        {
            var expected = Users * Ten.ShareOf(node).Ratio;
            chiSquare += Math.Pow(observed[node] - expected, 2) / expected;
        }

        Assert.InRange(WilsonHilferty(chiSquare, observed.Length - 1), -6, 6);
    }

    private static Guid GuidOf(int i) => new(i, 0x4b62, 0x4d2f, [0x9d, 0x2f, 0x0c, 0x5d, 0x6f, 0x7a, 0x8b, 0x9c]);

    private static IEnumerable<RingNode> EqualNodes(int count) =>
        Enumerable.Range(0, count).Select(static i => new RingNode($"node-{i}"));

    private static void AssertNear(double expected, double actual, double deviation) =>
        Assert.InRange(actual, expected - (6 * deviation), expected + (6 * deviation));

    /// <summary>The standard normal deviate of a chi-square value (Wilson and Hilferty, 1931).</summary>
    private static double WilsonHilferty(double chiSquare, int freedom)
    {
        var variance = 2.0 / (9 * freedom);
        return (Math.Cbrt(chiSquare / freedom) - (1 - variance)) / Math.Sqrt(variance);
    }
}
