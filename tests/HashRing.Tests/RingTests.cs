namespace WsBalancer.HashRing.Tests;

public sealed class RingTests
{
    private static readonly RingNode[] Three = [new RingNode("b"), new RingNode("a", 2), new RingNode("idle", 0)];

    [Fact]
    public void Nodes_AreInOrderOfTheirUtf8()
    {
        // In UTF-16 order the fox, a surrogate pair, would be before U+FFEE.
        var ring = SmallRing.Build([new RingNode("🦊"), new RingNode("\uFFEE"), new RingNode("b"), new RingNode("B")]);

        Assert.Equal(["B", "b", "\uFFEE", "🦊"], ring.Nodes.Select(static node => node.Id));
        Assert.Equal([0, 1, 2, 3], ring.Nodes.Select(node => ring.IndexOf(node.Id)));
        Assert.Equal(-1, ring.IndexOf("c"));
        Assert.Throws<ArgumentNullException>(() => ring.IndexOf(null!));
    }

    [Fact]
    public void Ring_ReportsItsAlgorithmAndSpec()
    {
        var ring = Ring.Build(Three);
        var seeded = Ring.Build(Three, new RingOptions { Seed = "s" });

        Assert.Equal("rendezvous", ring.Algorithm);
        Assert.Equal("rendezvous/1;b=18;seed=none", ring.Spec);
        Assert.Equal("rendezvous/1;b=18;seed=set", seeded.Spec);
        Assert.Equal(seeded.Spec, seeded.Apply(RingChange.Remove("a")).Spec);
    }

    [Fact]
    public void NodeOfWeightZero_OwnsNothingAndIsInNobodysOrder()
    {
        var ring = SmallRing.Build(Three);
        var idle = ring.IndexOf("idle");

        Assert.Equal((UInt128)0, ring.ShareOf(idle).Owned);
        Assert.DoesNotContain("idle", SmallRing.OwnersOf(ring));
        Assert.DoesNotContain("idle", SmallRing.OrderOf(ring, 0));
        Assert.Equal(-1, ring.OwnerOf(0, default(NodeMask).With(idle)));
    }

    [Fact]
    public void Ring_WithoutWeight_HasNoOwners()
    {
        var ring = Ring.Build([new RingNode("a", 0), new RingNode("b", 0)]);

        Assert.Equal(-1, ring.OwnerOf("anyone"));
        Assert.Equal(-1, ring.OwnerOf(ulong.MaxValue));
        Assert.Equal(-1, ring.OwnerOf(0, NodeMask.All(2)));
        Assert.Equal(0, ring.OrderOf(0, []));
        Assert.Equal(0, ring.ShareOf(0).Ratio);
    }

    [Fact]
    public void Owner_AtTheEndsOfTheHashes_IsThatOfTheFirstAndLastSlot()
    {
        var ring = SmallRing.Build([new RingNode("a"), new RingNode("b"), new RingNode("c")]);

        Assert.Equal(ring.OwnerAt(0), ring.OwnerOf(0));
        Assert.Equal(ring.OwnerAt(0), ring.OwnerOf(SmallRing.HashOf(1) - 1));
        Assert.Equal(ring.OwnerAt(1), ring.OwnerOf(SmallRing.HashOf(1)));
        Assert.Equal(ring.OwnerAt(1023), ring.OwnerOf(ulong.MaxValue));
    }

    [Fact]
    public void Mask_OfNodesThatTheRingDoesNotHave_ChangesNothing()
    {
        var ring = SmallRing.Build(Three);

        Assert.Equal(ring.OwnerOf(5), ring.OwnerOf(5, NodeMask.All(1000)));
        Assert.Equal(-1, ring.OwnerOf(5, default(NodeMask).With(1000)));
    }

    [Fact]
    public void Seed_MovesUsersAndIsInTheFingerprint()
    {
        var rings = new[] { null, "one", "two" }.Select(static seed => SmallRing.Build(Three, seed: seed)).ToArray();

        Assert.Equal(3, rings.Select(static ring => ring.Hash("alice")).Distinct().Count());
        Assert.Equal(3, rings.Select(static ring => string.Concat(SmallRing.OwnersOf(ring))).Distinct().Count());
        Assert.Equal(3, rings.Select(static ring => ring.Fingerprint).Distinct().Count());
    }

    [Fact]
    public void Fingerprint_DiffersWithAnyIdOrWeight()
    {
        RingNode[][] sets =
        [
            [new RingNode("a"), new RingNode("b")],
            [new RingNode("a", 2), new RingNode("b")],
            [new RingNode("a"), new RingNode("b", 2)],
            [new RingNode("a"), new RingNode("b"), new RingNode("c", 0)],
            [new RingNode("ab")],
            [new RingNode("a")],
        ];

        Assert.Equal(sets.Length, sets.Select(static nodes => SmallRing.Build(nodes).Fingerprint).Distinct().Count());
    }

    [Fact]
    public void Apply_LeavesTheRingAsItWas()
    {
        var ring = SmallRing.Build(Three);
        var (owners, nodes) = (SmallRing.OwnersOf(ring), ring.Nodes.ToArray());

        ring.Apply(RingChange.Remove("a"), RingChange.Add(new RingNode("c", 9)), RingChange.Reweight("idle", 4));

        Assert.Equal(owners, SmallRing.OwnersOf(ring));
        Assert.Equal(nodes, ring.Nodes);
    }

    [Fact]
    public void Apply_MakesEachChangeToTheOutcomeOfTheOneBefore()
    {
        var ring = SmallRing.Build(Three).Apply(
            RingChange.Remove("a"), RingChange.Add(new RingNode("a", 7)), RingChange.Reweight("a", 9));

        Assert.Equal(9, ring.Nodes[ring.IndexOf("a")].Weight);
    }

    [Fact]
    public void Options_DoNotPrintTheSeed()
    {
        Assert.Equal("rendezvous, seed set", new RingOptions { Seed = "secret" }.ToString());
        Assert.Equal("rendezvous, seed none", new RingOptions().ToString());
    }

    [Fact]
    public void Change_PrintsWhatItDoes()
    {
        Assert.Equal("add 'a' with weight 2", RingChange.Add(new RingNode("a", 2)).ToString());
        Assert.Equal("remove 'a'", RingChange.Remove("a").ToString());
        Assert.Equal("reweight 'a' to 3", RingChange.Reweight("a", 3).ToString());
    }
}
