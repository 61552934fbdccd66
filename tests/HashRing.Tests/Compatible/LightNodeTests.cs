namespace WsBalancer.HashRing.Tests.Compatible;

/// <summary>Nodes that own no part of a ring: last in every order, but never missing.</summary>
public sealed class LightNodeTests
{
    // 40 · 4 · 1 / 120,002 is less than one group of four points.
    [Fact]
    public void Ketama_NodesTooLightForAPoint_AreLastAndFoundWhenAlone() => AssertLast(
        Ring.Build(
            [AnyRing.Node(1, 1), AnyRing.Node(2, 60_000), AnyRing.Node(3, 60_000), AnyRing.Node(4, 1)],
            new RingOptions { Algorithm = "ketama" }),
        "10.0.0.1:8080",
        "10.0.0.4:8080");

    // Every node has a turn in the first round, in the order of keys, as long as there are free slots.
    [Theory]
    [InlineData("maglev")]
    [InlineData("envoy-maglev")]
    public void Maglev_NodesBeyondTheTable_AreLastAndFoundWhenAlone(string algorithm) => AssertLast(
        Ring.Build(
            Enumerable.Range(1, 5).Select(static number => AnyRing.Node(number)),
            new RingOptions { Algorithm = algorithm, TableSize = 3 }),
        "10.0.0.4:8080",
        "10.0.0.5:8080");

    // One point for each node: the walk to the last node visits nearly the whole circle.
    [Fact]
    public void ANodeOfOnePoint_IsFoundFromEverywhere()
    {
        var ring = Ring.Build(
            AnyRing.Equal("envoy-ring", 12), new RingOptions { Algorithm = "envoy-ring", TableSize = 1 });

        SmallRing.ForAll(Gen.Select(Gen.ULong, Gen.Int[0, 11]), values => Assert.Equal(
            values.Item2, ring.OwnerOf(values.Item1, default(NodeMask).With(values.Item2))));
    }

    private static void AssertLast(Ring ring, params string[] last) => SmallRing.ForAll(Gen.ULong, hash =>
    {
        var order = SmallRing.OrderOf(ring, hash);
        Assert.Equal(ring.Nodes.Count, order.Length);
        Assert.Equal(last, order[^2..]);
        foreach (var id in last)
        {
            var node = ring.IndexOf(id);
            Assert.Equal(UInt128.Zero, ring.ShareOf(node).Owned);
            Assert.Equal(node, ring.OwnerOf(hash, default(NodeMask).With(node)));
        }

        Assert.Equal(-1, ring.OwnerOf(hash, default));
    });
}
