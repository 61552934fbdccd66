using System.Text;

namespace WsBalancer.HashRing.Tests.Compatible;

/// <summary>Properties of every algorithm, over random sets of nodes.</summary>
public sealed class RingPropertyTests
{
    public static TheoryData<string> Algorithms => AnyRing.Names;

    [Theory]
    [MemberData(nameof(Algorithms))]
    public void Shares_AreTheLengthsOfTheArcs(string algorithm) => SmallRing.ForAll(AnyRing.Nodes, nodes =>
    {
        var ring = AnyRing.Build(algorithm, nodes);
        var owned = new UInt128[nodes.Length + 1];
        foreach (var arc in AnyRing.Boundaries(ring).Chunk(2))
        {
            Assert.Equal(ring.OwnerAt(arc[0]), ring.OwnerAt(arc[1]));
            owned[ring.OwnerAt(arc[0]) + 1] += (UInt128)(arc[1] - arc[0]) + 1;
        }

        Assert.Equal(owned[1..], Enumerable.Range(0, nodes.Length).Select(node => ring.ShareOf(node).Owned));
        Assert.Equal(nodes.Any(static node => node.Weight > 0) ? 0 : ring.PositionCount, owned[0]);
    });

    [Theory]
    [MemberData(nameof(Algorithms))]
    public void Build_InAnyOrderOfNodes_IsTheSame(string algorithm) =>
        SmallRing.ForAll(AnyRing.Nodes.SelectMany(static nodes =>
            Gen.Select(Gen.Const(nodes), Gen.Shuffle(nodes))), values =>
        {
            var (ring, shuffled) = (
                AnyRing.Build(algorithm, values.Item1), AnyRing.Build(algorithm, values.Item2));

            Assert.Equal(ring.Fingerprint, shuffled.Fingerprint);
            Assert.All(AnyRing.Boundaries(ring), at =>
                Assert.Equal(AnyRing.OwnerOf(ring, at), AnyRing.OwnerOf(shuffled, at)));
        });

    [Theory]
    [MemberData(nameof(Algorithms))]
    public void Apply_IsTheRingBuiltFromTheResult(string algorithm) =>
        SmallRing.ForAll(AnyRing.Nodes.Select(Gen.Int[0, 9]), values =>
        {
            var (nodes, weight) = values;
            var newcomer = AnyRing.Node(99, 2);
            var rebuilt = AnyRing.Build(algorithm, [nodes[0] with { Weight = weight }, .. nodes[1..], newcomer]);

            var applied = AnyRing.Build(algorithm, nodes)
                .Apply(RingChange.Reweight(nodes[0].Id, weight), RingChange.Add(newcomer));

            Assert.Equal(rebuilt.Fingerprint, applied.Fingerprint);
            Assert.All(AnyRing.Boundaries(rebuilt), at =>
                Assert.Equal(AnyRing.OwnerOf(rebuilt, at), AnyRing.OwnerOf(applied, at)));
        }, count: 30);

    [Theory]
    [MemberData(nameof(Algorithms))]
    public void Order_HasEveryNodeOfWeightOnceAndTheOwnerFirst(string algorithm) =>
        SmallRing.ForAll(Gen.Select(AnyRing.Nodes, Gen.ULong), values =>
        {
            var (nodes, hash) = values;
            var ring = AnyRing.Build(algorithm, nodes);

            var order = SmallRing.OrderOf(ring, hash);

            Assert.Equal(
                nodes.Where(static node => node.Weight > 0).Select(static node => node.Id).Order(), order.Order());
            Assert.Equal(SmallRing.IdOf(ring, ring.OwnerOf(hash)), order.FirstOrDefault());
        }, count: 200);

    [Theory]
    [MemberData(nameof(Algorithms))]
    public void Mask_IsTheFirstAvailableOfTheOrder(string algorithm) =>
        SmallRing.ForAll(Gen.Select(AnyRing.Nodes, Gen.ULong, Gen.Int[0, 255]), values =>
        {
            var (nodes, hash, bits) = values;
            var ring = AnyRing.Build(algorithm, nodes);
            var available = nodes.Where((_, i) => (bits >> i & 1) != 0).ToArray();
            var ids = available.Select(static node => node.Id).ToHashSet();

            var owner = ring.OwnerOf(hash, AnyRing.MaskOf(ring, available));

            Assert.Equal(
                SmallRing.OrderOf(ring, hash).FirstOrDefault(ids.Contains), SmallRing.IdOf(ring, owner));
        }, count: 200);

    // Checked at both ends of every arc of both rings, so no difference can be missed.
    [Theory]
    [InlineData("rendezvous")]
    [InlineData("nginx")]
    [InlineData("haproxy")]
    public void Mask_OfAnExactlyMinimalRing_IsTheRingWithoutTheOthers(string algorithm) =>
        SmallRing.ForAll(Gen.Select(AnyRing.Nodes, Gen.Int[0, 255]), values =>
        {
            var (nodes, bits) = values;
            var ring = AnyRing.Build(algorithm, nodes);
            var available = nodes.Where((_, i) => (bits >> i & 1) != 0).ToArray();
            var mask = AnyRing.MaskOf(ring, available);
            var without = AnyRing.Build(algorithm, [.. available, AnyRing.Node(100, 0)]);
            var shift = algorithm == "rendezvous" ? 64 - SmallRing.SlotBits : 0;

            foreach (var at in AnyRing.Boundaries(ring).Concat(AnyRing.Boundaries(without)))
            {
                Assert.Equal(AnyRing.OwnerOf(without, at), SmallRing.IdOf(ring, ring.OwnerOf(at << shift, mask)));
            }
        }, count: 15);

    [Theory]
    [InlineData("rendezvous")]
    [InlineData("nginx")]
    [InlineData("haproxy")]
    public void Plan_OfAnExactlyMinimalRing_HasNoExcess(string algorithm) =>
        SmallRing.ForAll(Gen.Select(AnyRing.Nodes, AnyRing.Nodes), values =>
        {
            var (before, after) = (
                AnyRing.Build(algorithm, values.Item1), AnyRing.Build(algorithm, values.Item2));

            Assert.Equal(UInt128.Zero, before.PlanTo(after).ExcessShare.Owned);
        }, count: 30);

    // Compares the owners of both rings at every arc of both, with the lengths between, without the plan's own walk.
    [Theory]
    [MemberData(nameof(Algorithms))]
    public void Plan_SumsUpEveryArcThatChangesHands(string algorithm) =>
        SmallRing.ForAll(Gen.Select(AnyRing.Nodes, AnyRing.Nodes), values =>
        {
            var (before, after) = (
                AnyRing.Build(algorithm, values.Item1), AnyRing.Build(algorithm, values.Item2));
            ulong[] starts = [.. AnyRing.Boundaries(before).Concat(AnyRing.Boundaries(after))
                .Where(at => at == 0 || IsStart(before, at) || IsStart(after, at)).Distinct().Order()];
            var moved = UInt128.Zero;
            for (var i = 0; i < starts.Length; i++)
            {
                var length = (i + 1 < starts.Length ? starts[i + 1] : before.PositionCount) - starts[i];
                var moves = AnyRing.OwnerOf(before, starts[i]) != AnyRing.OwnerOf(after, starts[i]);
                moved += moves ? length : 0;
            }

            var plan = before.PlanTo(after);

            Assert.Equal(moved, plan.MovedShare.Owned);
            Assert.Equal(plan.MovedShare.Owned, plan.MinimumShare.Owned + plan.ExcessShare.Owned);
        }, count: 10);

    [Theory]
    [MemberData(nameof(Algorithms))]
    public void Owner_OfAText_IsThatOfItsUtf8(string algorithm)
    {
        var ring = AnyRing.Build(algorithm, AnyRing.Equal(algorithm, 7));

        SmallRing.ForAll(Gen.String[0, 300], text =>
        {
            Assert.Equal(ring.Hash(Encoding.UTF8.GetBytes(text)), ring.Hash(text));
            Assert.Equal(ring.OwnerOf(ring.Hash(text)), ring.OwnerOf(text));
            Assert.Equal(ring.OwnerOf(ring.Hash(text)), ring.OwnerOf(Encoding.UTF8.GetBytes(text)));
        });
    }

    [Theory]
    [MemberData(nameof(Algorithms))]
    public void NodesWithoutWeight_OwnNothing(string algorithm)
    {
        var ring = AnyRing.Build(algorithm, [AnyRing.Node(1, 0), AnyRing.Node(2, 0)]);

        Assert.Equal(-1, ring.OwnerOf("alice"));
        Assert.Equal(-1, ring.OwnerOf(ring.Hash("alice"), NodeMask.All(2)));
        Assert.Equal(0, ring.OrderOf(ring.Hash("alice"), []));
        Assert.Equal(0, ring.ShareOf(0).Ratio);
        Assert.Equal(1, ring.PlanTo(ring.Apply(RingChange.Reweight("10.0.0.1:8080", 1))).Moved);
    }

    private static bool IsStart(Ring ring, ulong at) => ring.ArcEndOf(at - 1) == at - 1;
}
