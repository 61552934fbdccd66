namespace WsBalancer.HashRing.Tests;

/// <summary>Different ways to build a ring result in the same ring, compared over every slot.</summary>
public sealed class EquivalenceTests
{
    [Fact]
    public void Build_IsTheContestOfAllNodesInEverySlot() =>
        SmallRing.ForAll(Gen.Select(SmallRing.Nodes, Gen.OneOf<string?>(null, "seed")), static values =>
        {
            var (nodes, seed) = values;

            var ring = SmallRing.Build(nodes, seed: seed);

            Assert.Equal(PlainRendezvous.OwnersOf(nodes, SmallRing.SlotBits, seed), SmallRing.OwnersOf(ring));
        });

    [Fact]
    public void Build_InAnyOrderOfNodes_IsTheSame() =>
        SmallRing.ForAll(SmallRing.Nodes.SelectMany(static nodes =>
            Gen.Select(Gen.Const(nodes), Gen.Shuffle(nodes))), static values =>
        {
            var (ring, shuffled) = (SmallRing.Build(values.Item1), SmallRing.Build(values.Item2));

            Assert.Equal(ring.Nodes, shuffled.Nodes);
            Assert.Equal(SmallRing.OwnersOf(ring), SmallRing.OwnersOf(shuffled));
            Assert.Equal(ring.Fingerprint, shuffled.Fingerprint);
        });

    [Fact]
    public void Apply_IsTheRingBuiltFromTheResult() =>
        SmallRing.ForAll(Gen.Select(SmallRing.Nodes, SmallRing.Nodes), static values =>
        {
            var (before, after) = values;
            var rebuilt = SmallRing.Build(after);

            var applied = SmallRing.Build(before).Apply([.. ChangesOf(before, after)]);

            Assert.Equal(rebuilt.Nodes, applied.Nodes);
            Assert.Equal(SmallRing.OwnersOf(rebuilt), SmallRing.OwnersOf(applied));
            Assert.Equal(rebuilt.Fingerprint, applied.Fingerprint);
            Assert.Equal(SharesOf(rebuilt), SharesOf(applied));
            Assert.Equal(
                SmallRing.OrderOf(rebuilt, SmallRing.HashOf(77)), SmallRing.OrderOf(applied, SmallRing.HashOf(77)));
        }, count: 150);

    // Equal weights use a separate algorithm; a small table is shorter than a block.
    [Fact]
    public void Apply_ToNodesOfOneWeight_IsTheRingBuiltFromTheResult() =>
        SmallRing.ForAll(Gen.Select(SmallRing.Nodes, Gen.Int[1, 3], Gen.Int[1, 10], Gen.Bool), static values =>
        {
            var (some, added, slotBits, hasIdle) = values;
            var nodes = some.Select((node, i) => node with { Weight = hasIdle && i == 0 ? 0 : 7 }).ToArray();
            var newcomers = Enumerable.Range(0, added).Select(static i => new RingNode($"new-comer-{i}", 7)).ToArray();
            var rebuilt = SmallRing.Build([.. nodes, .. newcomers], slotBits);

            var applied = SmallRing.Build(nodes, slotBits).Apply([.. newcomers.Select(RingChange.Add)]);

            Assert.Equal(SmallRing.OwnersOf(rebuilt), SmallRing.OwnersOf(applied));
            Assert.Equal(SharesOf(rebuilt), SharesOf(applied));
        }, count: 150);

    // The table changes from bytes to 16-bit indexes and back.
    [Fact]
    public void Apply_AcrossTwoHundredAndFiftySixNodes_IsTheRingBuiltFromTheResult()
    {
        var nodes = Enumerable.Range(0, 256).Select(static i => new RingNode($"n{i}", 1 + (i % 3))).ToArray();
        var ring = SmallRing.Build(nodes);

        var grown = ring.Apply(RingChange.Add(new RingNode("m", 60)));
        var shrunk = grown.Apply(RingChange.Remove("m"));

        Assert.Equal(SmallRing.OwnersOf(SmallRing.Build([.. nodes, new RingNode("m", 60)])), SmallRing.OwnersOf(grown));
        Assert.Contains("m", SmallRing.OwnersOf(grown));
        Assert.Equal(SmallRing.OwnersOf(ring), SmallRing.OwnersOf(shrunk));
    }

    [Fact]
    public void Mask_IsTheRingWithoutTheOthers() => SmallRing.ForAll(NodesAndSubset, static values =>
    {
        var (nodes, chosen) = values;
        var ring = SmallRing.Build(nodes);
        var kept = nodes.Where(node => chosen(node.Id)).ToArray();
        var expected = SmallRing.OwnersOf(SmallRing.Build([.. kept, new RingNode("idle", 0)]));
        var mask = kept.Aggregate(default(NodeMask), (mask, node) => mask.With(ring.IndexOf(node.Id)));

        for (var slot = 0; slot < expected.Length; slot++)
        {
            Assert.Equal(expected[slot], SmallRing.IdOf(ring, ring.OwnerOf(SmallRing.HashOf(slot), mask)));
        }
    });

    [Fact]
    public void Order_OfASubset_IsTheFilteredOrder() => SmallRing.ForAll(NodesAndSubset, static values =>
    {
        var (nodes, chosen) = values;
        var ring = SmallRing.Build(nodes);
        var subset = SmallRing.Build([.. nodes.Where(node => chosen(node.Id)), new RingNode("idle", 0)]);
        var weighted = nodes.Where(static node => node.Weight > 0).Select(static node => node.Id).ToHashSet();

        for (var slot = 0; slot < 1 << SmallRing.SlotBits; slot += 5)
        {
            var order = SmallRing.OrderOf(ring, SmallRing.HashOf(slot));
            Assert.Equal(weighted.Count, order.Length);
            Assert.True(weighted.SetEquals(order));
            Assert.Equal(SmallRing.IdOf(ring, ring.OwnerOf(SmallRing.HashOf(slot))), order.FirstOrDefault());
            Assert.Equal(order.Where(chosen), SmallRing.OrderOf(subset, SmallRing.HashOf(slot)));
        }
    });

    [Fact]
    public void Order_OfManyNodes_IsTheChainOfMaskedOwners()
    {
        var ring = SmallRing.Build(Enumerable.Range(0, 200).Select(static i => new RingNode($"n{i}", 1 + (i % 7))));
        var hash = SmallRing.HashOf(123);

        var mask = NodeMask.All(200);
        foreach (var id in SmallRing.OrderOf(ring, hash))
        {
            Assert.Equal(id, SmallRing.IdOf(ring, ring.OwnerOf(hash, mask)));
            mask = mask.Without(ring.IndexOf(id));
        }

        Assert.Equal(-1, ring.OwnerOf(hash, mask));
    }

    [Fact]
    public void ScalingAllWeights_KeepsTheTable() =>
        SmallRing.ForAll(Gen.Select(SmallRing.Nodes, Gen.Int[2, 65]), static values =>
        {
            var (nodes, factor) = values;
            var light = nodes.Select(static node => node with { Weight = node.Weight % 1000 }).ToArray();
            var heavy = light.Select(node => node with { Weight = node.Weight * factor });

            Assert.Equal(
                SmallRing.OwnersOf(SmallRing.Build(light)), SmallRing.OwnersOf(SmallRing.Build(heavy)));
        });

    private static Gen<(RingNode[] Nodes, Func<string, bool> Chosen)> NodesAndSubset =>
        SmallRing.Nodes.SelectMany(static nodes => Gen.Bool.Array[nodes.Length].Select(flags =>
        {
            var chosen = nodes.Where((_, i) => flags[i]).Select(static node => node.Id).ToHashSet();
            return (nodes, (Func<string, bool>)chosen.Contains);
        }));

    private static IEnumerable<RingChange> ChangesOf(RingNode[] before, RingNode[] after)
    {
        var old = before.ToDictionary(static node => node.Id);
        foreach (var node in after)
        {
            if (!old.Remove(node.Id, out var was))
            {
                yield return RingChange.Add(node);
            }
            else if (was != node)
            {
                yield return RingChange.Reweight(node.Id, node.Weight);
            }
        }

        foreach (var id in old.Keys)
        {
            yield return RingChange.Remove(id);
        }
    }

    private static IEnumerable<RingShare> SharesOf(Ring ring) =>
        Enumerable.Range(0, ring.Nodes.Count).Select(ring.ShareOf);
}
