using System.Text;
using WsBalancer.HashRing.Tests.Compatible;

namespace WsBalancer.HashRing.Tests;

public sealed class AllocationTests
{
    private const int Rounds = 200;

    private static readonly string Short = "5f0c2f1e-8a2b-4b62-9d2f-0c5d6f7a8b9c";
    private static readonly string Long = new('€', 5000);

    public static TheoryData<string> Algorithms => AnyRing.Names;

    [Theory]
    [InlineData(1)]
    [InlineData(10)]
    [InlineData(128)]
    [InlineData(300)]
    public void Lookups_AllocateNothing(int nodeCount)
    {
        AssertLookupsAllocateNothing(SmallRing.Build(
            Enumerable.Range(0, nodeCount).Select(static i => new RingNode($"n{i}", 1 + (i % 3)))));
    }

    [Theory]
    [MemberData(nameof(Algorithms))]
    public void Lookups_OfEveryAlgorithm_AllocateNothing(string algorithm) =>
        AssertLookupsAllocateNothing(AnyRing.Build(algorithm, AnyRing.Equal(algorithm, 70)));

    [Theory]
    [InlineData(0.5, "alice")]
    [InlineData(0.5, "bob")]
    [InlineData(1, "alice")]
    public void Lookups_OfABlend_AllocateNothing(double share, string user)
    {
        var nodes = AnyRing.Equal("nginx", 70);
        var blend = new RingBlend(AnyRing.Build("nginx", nodes), AnyRing.Build("rendezvous", nodes), share);
        var mask = NodeMask.All(70).Without(blend.OwnerOf(user));
        var order = new int[70];

        AssertNoAllocation(() => (ulong)blend.OwnerOf(user));
        AssertNoAllocation(() => (ulong)blend.OwnerOf(Long));
        AssertNoAllocation(() => (ulong)blend.OwnerOf(user, mask));
        AssertNoAllocation(() => (ulong)blend.OrderOf(user, order));
        AssertNoAllocation(() => blend.IsMoved(user) ? 1UL : 0UL);
    }

    [Fact]
    public void Measure_OfAnAllocation_IsNotZero() =>
        Assert.NotEqual(0, Measure(static () => (ulong)new byte[1].Length));

    private static void AssertLookupsAllocateNothing(Ring ring)
    {
        var nodeCount = ring.Nodes.Count;
        var utf8 = Encoding.UTF8.GetBytes(Short);
        var order = new int[nodeCount];
        var mask = NodeMask.All(nodeCount).Without(ring.OwnerOf(Short));

        AssertNoAllocation(() => ring.Hash(utf8));
        AssertNoAllocation(() => ring.Hash(Short));
        AssertNoAllocation(() => ring.Hash(Long));
        AssertNoAllocation(() => (ulong)ring.OwnerOf(utf8));
        AssertNoAllocation(() => (ulong)ring.OwnerOf(Short));
        AssertNoAllocation(() => (ulong)ring.OwnerOf(ring.Hash(Short), mask));
        AssertNoAllocation(() => (ulong)ring.OrderOf(ring.Hash(Short), order));
    }

    // The minimum of three: a garbage collection that another test causes may empty the pools once.
    private static void AssertNoAllocation(Func<ulong> lookup) =>
        Assert.Equal(0, Enumerable.Range(0, 3).Min(_ => Measure(lookup)));

    private static long Measure(Func<ulong> lookup)
    {
        // The first call fills the pools and compiles generic code.
        var sum = Repeat(lookup);
        var before = GC.GetAllocatedBytesForCurrentThread();
        sum += Repeat(lookup);
        var allocated = GC.GetAllocatedBytesForCurrentThread() - before;
        GC.KeepAlive(sum);
        return allocated;
    }

    private static ulong Repeat(Func<ulong> lookup)
    {
        var sum = 0UL;
        for (var i = 0; i < Rounds; i++)
        {
            sum += lookup();
        }

        return sum;
    }
}
