using System.Numerics;
using WsBalancer.HashRing.Points;

namespace WsBalancer.HashRing.Tests.Points;

/// <summary>The search by prefix has the same result as a linear search from the beginning.</summary>
public sealed class PointTableTests
{
    // Uniform, crowded into one prefix, equal, and at both ends of the circle.
    private static readonly Gen<uint[]> Narrow = Gen.OneOf(
        Gen.UInt, Gen.UInt[0x8000_0000, 0x8000_0040], Gen.OneOf(0U, 1U, uint.MaxValue - 1, uint.MaxValue))
        .Array[0, 200];

    private static readonly Gen<ulong[]> Wide = Gen.OneOf(
        Gen.ULong, Gen.ULong[1UL << 63, (1UL << 63) + 64], Gen.OneOf(0UL, ulong.MaxValue)).Array[0, 200];

    [Fact]
    public void Owner_OfEveryHashNearAPoint_IsThatOfTheNextPoint() => SmallRing.ForAll(Narrow, AssertOwners, 400);

    [Fact]
    public void Owner_OfEveryWideHashNearAPoint_IsThatOfTheNextPoint() => SmallRing.ForAll(Wide, AssertOwners, 400);

    [Fact]
    public void Owner_WithoutPoints_IsNone() =>
        Assert.Equal(-1, new PointTable<uint>(new PointList<uint>()).NodeAt(7));

    [Fact]
    public void Owner_OfEqualPoints_IsTheLowerIndex()
    {
        var points = new PointList<uint>();
        points.Add(100, 3);
        points.Add(100, 1);
        points.Add(100, 2);

        Assert.Equal(1, new PointTable<uint>(points).NodeAt(100));
    }

    private static void AssertOwners<T>(T[] hashes)
        where T : unmanaged, IBinaryInteger<T>, IMinMaxValue<T>, IUnsignedNumber<T>
    {
        var points = new PointList<T>();
        for (var i = 0; i < hashes.Length; i++)
        {
            points.Add(hashes[i], i);
        }

        var table = new PointTable<T>(points);
        foreach (var hash in hashes.SelectMany(static hash => new[] { hash - T.One, hash, hash + T.One }))
        {
            Assert.Equal(NextByLooking(hashes, hash), table.NodeAt(hash));
        }
    }

    private static int NextByLooking<T>(T[] hashes, T hash)
        where T : unmanaged, IBinaryInteger<T>
    {
        var later = hashes.Where(point => point >= hash).DefaultIfEmpty(hashes.Min()).Min();
        return Array.IndexOf(hashes, later);
    }
}
