using WsBalancer.HashRing.Tests.Compatible;

namespace WsBalancer.HashRing.Tests;

public sealed class BlendPlanTests
{
    private const int Users = 20_000;

    private static readonly RingNode[] Five = [.. Enumerable.Range(1, 5).Select(number => AnyRing.Node(number))];

    [Theory]
    [InlineData("nginx", 0, 0.1)]
    [InlineData("nginx", 0.1, 0.5)]
    [InlineData("nginx", 0.5, 1)]
    [InlineData("haproxy", 0.2, 0.7)]
    [InlineData("envoy-maglev", 0.7, 0.2)]
    [InlineData("maglev", 0, 1)]
    public void Step_IsExpectedToMoveWhatRealUsersDo(string algorithm, double before, double after)
    {
        var (one, next) = (Blend(algorithm, Five, before), Blend(algorithm, Five, after));

        var plan = one.PlanTo(next);

        Assert.False(plan.IsExact);
        AssertMoves(one, next, plan.Moved);

        // No node was added, removed or reweighted: the whole move is excess.
        Assert.Equal((plan.Moved, 0), (plan.Excess, plan.Minimum));
    }

    [Fact]
    public void Step_MovesOnlyUsersToTheSecondRing()
    {
        var (one, next) = (Blend("nginx", Five, 0.1), Blend("nginx", Five, 0.4));

        for (var i = 0; i < Users; i++)
        {
            var user = $"user-{i}";
            Assert.True(one.OwnerOf(user) == next.OwnerOf(user) || (!one.IsMoved(user) && next.IsMoved(user)));
        }
    }

    [Fact]
    public void AnotherNode_OnABlend_IsCountedExactly()
    {
        var six = Five.Append(AnyRing.Node(6)).ToArray();
        var (one, next) = (Blend("nginx", Five, 0.3), Blend("nginx", six, 0.3));

        var plan = one.PlanTo(next);

        var (from, to) = (one.From.PlanTo(next.From), one.To!.PlanTo(next.To!));
        Assert.True(plan.IsExact);
        Assert.Equal((0.7 * from.Moved) + (0.3 * to.Moved), plan.Moved, 1e-12);
        Assert.Equal(next.ShareOf(next.IndexOf(six[5].Id)), plan.Moved, 1e-12);
        Assert.Equal(0, plan.Excess);
        AssertMoves(one, next, plan.Moved);
    }

    [Fact]
    public void AnotherNode_AndAStep_AreExpectedTogether()
    {
        var six = Five.Append(AnyRing.Node(6)).ToArray();
        var (one, next) = (Blend("nginx", Five, 0.3), Blend("nginx", six, 0.8));

        var plan = one.PlanTo(next);

        Assert.False(plan.IsExact);
        Assert.InRange(plan.Minimum, 0.1, 0.35);
        AssertMoves(one, next, plan.Moved);
    }

    [Fact]
    public void Excess_OfAStep_LeavesOutTheNodesThatAreTouched()
    {
        RingNode[] heavier = [Five[0] with { Weight = 3 }, .. Five[1..]];
        var (one, next) = (Blend("nginx", Five, 0), Blend("nginx", heavier, 1));

        var excess = one.PlanTo(next).Excess;

        double Untouched(RingBlend ring, int node) => ring.ShareOf(ring.IndexOf(Five[node].Id));
        var pairs = from i in Enumerable.Range(1, 4)
                    from j in Enumerable.Range(1, 4)
                    where i != j
                    select Untouched(one, i) * Untouched(next, j);
        Assert.Equal(pairs.Sum(), excess, 1e-12);
    }

    [Fact]
    public void SameBlend_MovesNothing()
    {
        var plan = Blend("nginx", Five, 0.3).PlanTo(Blend("nginx", Five, 0.3));

        Assert.Equal(new BlendPlan(0, 0, IsExact: true), plan);
    }

    // The last step of a change: the configured ring now places all users.
    [Fact]
    public void BlendOfAll_AndItsSecondRing_AreTheSame()
    {
        var (all, alone) = (Blend("nginx", Five, 1), new RingBlend(Ring.Build(Five)));

        Assert.Equal(new BlendPlan(0, 0, IsExact: true), all.PlanTo(alone));
        Assert.Equal(all.Fingerprint, alone.Fingerprint);
    }

    [Fact]
    public void Step_OfNodesWithoutWeight_MovesNoUser()
    {
        RingNode[] none = [.. Five.Select(node => node with { Weight = 0 })];

        Assert.Equal(0, Blend("nginx", none, 0).PlanTo(Blend("nginx", none, 1)).Moved);
        Assert.Equal(1, Blend("nginx", none, 0).PlanTo(Blend("nginx", Five, 1)).Moved);
        Assert.Equal(1, Blend("nginx", Five, 0).PlanTo(Blend("nginx", none, 1)).Moved);
    }

    [Fact]
    public void Parts_OfSeveralRings_AreSummedUp() =>
        SmallRing.ForAll(Gen.Select(AnyRing.Nodes, AnyRing.Nodes, Gen.Double[0, 1], Gen.Double[0, 1]), static values =>
        {
            var (one, next) = (Blend("nginx", values.Item1, values.Item3), Blend("nginx", values.Item2, values.Item4));

            var plan = one.PlanTo(next);

            Assert.InRange(plan.Moved, -1e-12, 1 + 1e-12);
            Assert.InRange(plan.Excess, -1e-12, plan.Moved + 1e-12);
            Assert.Equal(next.PlanTo(one).Moved, plan.Moved, 1e-9);
        });

    private static RingBlend Blend(string algorithm, RingNode[] nodes, double share) => new(
        Ring.Build(nodes, new RingOptions { Algorithm = algorithm }), Ring.Build(nodes), share);

    private static void AssertMoves(RingBlend one, RingBlend next, double expected)
    {
        var moved = Enumerable.Range(0, Users).Select(i => $"user-{i}")
            .Count(user => one.Nodes[one.OwnerOf(user)].Id != next.Nodes[next.OwnerOf(user)].Id);

        // Five standard deviations of the sample.
        var error = 5 * Math.Sqrt(expected * (1 - expected) / Users);
        Assert.InRange(moved / (double)Users, expected - error, expected + error);
    }
}
