namespace WsBalancer.HashRing.Tests;

/// <summary>A change moves exactly what it must: compared over every slot, with no tolerance.</summary>
public sealed class MinimalMovementTests
{
    [Fact]
    public void Add_MovesSlotsOnlyToTheNewNode() =>
        SmallRing.ForAll(Gen.Select(SmallRing.Nodes, SmallRing.Newcomer), static values =>
        {
            var (nodes, newcomer) = values;

            AssertEveryMove(nodes, [.. nodes, newcomer], (_, to) => to == newcomer.Id);
        });

    [Fact]
    public void Remove_MovesSlotsOnlyFromTheRemovedNode() =>
        SmallRing.ForAll(Gen.Select(SmallRing.Nodes, SmallRing.Newcomer), static values =>
        {
            var (nodes, leaver) = values;

            AssertEveryMove([.. nodes, leaver], nodes, (from, _) => from == leaver.Id);
        });

    [Fact]
    public void RaisedWeight_MovesSlotsOnlyToThatNodeAndLoweredOnlyFromIt() =>
        SmallRing.ForAll(Gen.Select(SmallRing.Nodes, SmallRing.AnyWeight, SmallRing.AnyWeight), static values =>
        {
            var (nodes, weight, otherWeight) = values;
            RingNode[] light = [.. nodes, new RingNode("new-comer", Math.Min(weight, otherWeight))];
            RingNode[] heavy = [.. nodes, new RingNode("new-comer", Math.Max(weight, otherWeight))];

            AssertEveryMove(light, heavy, (_, to) => to == "new-comer");
            AssertEveryMove(heavy, light, (from, _) => from == "new-comer");
        });

    [Fact]
    public void ManyChanges_MoveSlotsOnlyFromRemovedOrLoweredOrToAddedOrRaised() =>
        SmallRing.ForAll(Gen.Select(SmallRing.Nodes, SmallRing.Nodes), static values =>
        {
            var (before, after) = values;
            var old = before.ToDictionary(static node => node.Id, static node => node.Weight);
            var young = after.ToDictionary(static node => node.Id, static node => node.Weight);

            AssertEveryMove(before, after, (from, to) =>
                (from is not null && young.GetValueOrDefault(from) < old[from])
                || (to is not null && young[to] > old.GetValueOrDefault(to)));
        });

    [Fact]
    public void AddThenRemove_IsIdentity() =>
        SmallRing.ForAll(Gen.Select(SmallRing.Nodes, SmallRing.Newcomer), static values =>
        {
            var (nodes, newcomer) = values;
            var ring = SmallRing.Build(nodes);

            var back = ring.Apply(RingChange.Add(newcomer)).Apply(RingChange.Remove(newcomer.Id));

            Assert.Equal(SmallRing.OwnersOf(ring), SmallRing.OwnersOf(back));
            Assert.Equal(ring.Fingerprint, back.Fingerprint);
        });

    // Uses the full table, to show that the properties above do not depend on the number of slots.
    [Fact]
    public void AddAndReweight_OnTheFullRing_MoveOnlyToThatNode()
    {
        var nodes = Enumerable.Range(1, 10).Select(static i => new RingNode($"10.0.0.{i}:8080", 1 + (i % 2))).ToArray();
        var ring = Ring.Build(nodes);
        var added = ring.Apply(RingChange.Add(new RingNode("10.0.0.11:8080")));
        var raised = added.Apply(RingChange.Reweight("10.0.0.11:8080", 3));

        Assert.All(ring.PlanTo(added).Moves, static move => Assert.Equal("10.0.0.11:8080", move.ToId));
        Assert.All(added.PlanTo(raised).Moves, static move => Assert.Equal("10.0.0.11:8080", move.ToId));
        Assert.Equal(0, ring.PlanTo(raised).Excess);
        Assert.InRange(ring.PlanTo(added).Moved, 0.05, 0.07);
        Assert.InRange(added.PlanTo(raised).Moved, 0.09, 0.11);
    }

    private static void AssertEveryMove(RingNode[] before, RingNode[] after, Func<string?, string?, bool> isNeeded)
    {
        var (from, to) = (SmallRing.OwnersOf(SmallRing.Build(before)), SmallRing.OwnersOf(SmallRing.Build(after)));
        for (var slot = 0; slot < from.Length; slot++)
        {
            Assert.True(from[slot] == to[slot] || isNeeded(from[slot], to[slot]), $"{from[slot]} -> {to[slot]}");
        }
    }
}
