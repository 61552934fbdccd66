namespace WsBalancer.HashRing.Tests;

public sealed class RingPlanTests
{
    [Fact]
    public void Plan_AgreesWithTheOwnersOfEverySlot() =>
        SmallRing.ForAll(Gen.Select(SmallRing.Nodes, SmallRing.Nodes), static values =>
        {
            var (before, after) = (SmallRing.Build(values.Item1), SmallRing.Build(values.Item2));
            var expected = SmallRing.OwnersOf(before).Zip(SmallRing.OwnersOf(after))
                .Where(static pair => pair.First != pair.Second)
                .GroupBy(static pair => pair)
                .ToDictionary(static group => group.Key, static group => (UInt128)group.Count());

            var plan = before.PlanTo(after);

            Assert.Equal(expected, plan.Moves.ToDictionary(
                static move => (move.FromId, move.ToId), static move => move.Share.Owned));
            Assert.All(plan.Moves, static move => Assert.Equal(1024u, move.Share.Total));
            Assert.Equal(expected.Values.Sum(static slots => (double)slots), (double)plan.MovedShare.Owned);
            Assert.Equal((double)plan.MovedShare.Owned / 1024, plan.Moved);
            Assert.Equal(0, plan.Excess);
            Assert.Equal(plan.Moved, plan.Minimum);
        });

    [Fact]
    public void FindMove_AgreesWithTheOwnersOfEverySlot() =>
        SmallRing.ForAll(Gen.Select(SmallRing.Nodes, SmallRing.Nodes), static values =>
        {
            var (before, after) = (SmallRing.Build(values.Item1), SmallRing.Build(values.Item2));
            var (from, to) = (SmallRing.OwnersOf(before), SmallRing.OwnersOf(after));
            var plan = before.PlanTo(after);

            for (var slot = 0; slot < from.Length; slot++)
            {
                var moves = plan.TryFindMove(SmallRing.HashOf(slot), out var foundFrom, out var foundTo);
                Assert.Equal((from[slot], to[slot], from[slot] != to[slot]), (foundFrom, foundTo, moves));
            }
        }, count: 20);

    [Fact]
    public void FindMove_ByUser_AgreesWithBothRings()
    {
        var before = Ring.Build([new RingNode("a"), new RingNode("b")]);
        var after = before.Apply(RingChange.Add(new RingNode("c")));
        var plan = before.PlanTo(after);

        var moved = 0;
        for (var i = 0; i < 1000; i++)
        {
            var user = $"user-{i}";
            var moves = plan.TryFindMove(user, out var from, out var to);
            Assert.Equal(before.Nodes[before.OwnerOf(user)].Id, from);
            Assert.Equal(after.Nodes[after.OwnerOf(user)].Id, to);
            Assert.Equal(moves, to == "c");
            Assert.Equal(moves, plan.TryFindMove(System.Text.Encoding.UTF8.GetBytes(user), out _, out _));
            moved += moves ? 1 : 0;
        }

        Assert.InRange(moved, 240, 430);
    }

    [Fact]
    public void Moves_AreInOrderOfIds()
    {
        var before = SmallRing.Build([new RingNode("a"), new RingNode("b"), new RingNode("c")]);

        var plan = before.PlanTo(before.Apply(RingChange.Remove("b"), RingChange.Add(new RingNode("d"))));

        Assert.Equal(
            [("a", "d"), ("b", "a"), ("b", "c"), ("b", "d"), ("c", "d")],
            plan.Moves.Select(static move => (move.FromId!, move.ToId!)));
    }

    [Fact]
    public void Plan_FromAndToNoOwner_HasNullIds()
    {
        var empty = SmallRing.Build([new RingNode("a", 0)]);
        var someone = empty.Apply(RingChange.Reweight("a", 5));

        var up = Assert.Single(empty.PlanTo(someone).Moves);
        var down = Assert.Single(someone.PlanTo(empty).Moves);

        Assert.Equal((null, "a", 1.0), (up.FromId, up.ToId, up.Ratio));
        Assert.Equal(("a", null, 1.0), (down.FromId, down.ToId, down.Ratio));
        Assert.Equal(0, empty.PlanTo(someone).Excess);
        Assert.True(empty.PlanTo(someone).TryFindMove("anyone", out var from, out var to));
        Assert.Equal((null, "a"), (from, to));
    }

    [Fact]
    public void Plan_ToTheSameNodes_MovesNothing()
    {
        var ring = Ring.Build([new RingNode("a"), new RingNode("b", 2)]);

        var plan = ring.PlanTo(Ring.Build([new RingNode("b", 2), new RingNode("a")]));

        Assert.Empty(plan.Moves);
        Assert.Equal((0, 0, 0), (plan.Moved, plan.Minimum, plan.Excess));
        Assert.Equal((UInt128)(1 << 18), plan.MovedShare.Total);
    }

    // Rendezvous never has excess, so a ring that moves too much shows that excess would be detected.
    [Fact]
    public void Excess_CountsMovesBetweenNodesThatTheChangeLeftAlone()
    {
        var before = new EvenRing([new RingNode("a"), new RingNode("b"), new RingNode("c")]);
        var after = new EvenRing([new RingNode("a"), new RingNode("b"), new RingNode("c"), new RingNode("d")]);

        var plan = before.PlanTo(after);

        // aaaabbbbcccc becomes aaabbbcccddd.
        Assert.Equal(
            [("a", "b", 1), ("b", "c", 2), ("c", "d", 3)],
            plan.Moves.Select(static move => (move.FromId!, move.ToId!, (int)move.Share.Owned)));
        Assert.Equal(new RingShare(6, 12), plan.MovedShare);
        Assert.Equal(new RingShare(3, 12), plan.MinimumShare);
        Assert.Equal(new RingShare(3, 12), plan.ExcessShare);
        Assert.Equal((0.5, 0.25, 0.25), (plan.Moved, plan.Minimum, plan.Excess));
    }

    [Fact]
    public void Excess_LeavesOutMovesOfAReweightedNode()
    {
        var before = new EvenRing([new RingNode("a"), new RingNode("b"), new RingNode("c")]);
        var after = new EvenRing([new RingNode("a"), new RingNode("b", 2), new RingNode("c"), new RingNode("d")]);

        Assert.Equal(0, before.PlanTo(after).Excess);
        Assert.Equal(0, after.PlanTo(before).Excess);
    }

    [Fact]
    public void Plan_BetweenRingsOfAnotherSpecOrSeed_IsRefused()
    {
        RingNode[] nodes = [new RingNode("a")];
        var ring = Ring.Build(nodes);
        var seeded = Ring.Build(nodes, new RingOptions { Seed = "one" });

        var error = Assert.Throws<ArgumentException>(() => ring.PlanTo(seeded));
        Assert.Contains("rendezvous/1;b=18;seed=set", error.Message, StringComparison.Ordinal);
        Assert.Throws<ArgumentException>(() => seeded.PlanTo(Ring.Build(nodes, new RingOptions { Seed = "two" })));
        Assert.Throws<ArgumentException>(() => ring.PlanTo(SmallRing.Build(nodes)));
        Assert.Throws<ArgumentNullException>(() => ring.PlanTo(null!));
    }
}
