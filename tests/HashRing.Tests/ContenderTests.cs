using System.Numerics;
using WsBalancer.HashRing.Rendezvous;

namespace WsBalancer.HashRing.Tests;

public sealed class ContenderTests
{
    private static readonly Gen<ulong> Draw = Gen.Frequency((3, Gen.ULong), (1, Gen.ULong[0, 3]));
    private static readonly Gen<int> Weight = Gen.Frequency((1, Gen.Int[1, 3]), (1, Gen.Int[1, 65535]));

    [Fact]
    public void Beats_ComparesLogOverWeightThenDrawThenIndex() =>
        SmallRing.ForAll(Gen.Select(Draw, Draw, Weight, Weight), static values =>
        {
            var (drawA, drawB, weightA, weightB) = values;
            var a = (Log: (BigInteger)NegLog2.Of(drawA) * weightB, Draw: -(BigInteger)drawA, Node: 0);
            var b = (Log: (BigInteger)NegLog2.Of(drawB) * weightA, Draw: -(BigInteger)drawB, Node: 1);
            var expected = a.CompareTo(b) < 0;

            Assert.Equal(expected, new Contender(drawA, weightA, 0).Beats(new Contender(drawB, weightB, 1)));
            Assert.Equal(!expected, new Contender(drawB, weightB, 1).Beats(new Contender(drawA, weightA, 0)));
            Assert.Equal(expected, Rank(drawA, weightA, 0).CompareTo(Rank(drawB, weightB, 1)) < 0);
            Assert.Equal(!expected, Rank(drawB, weightB, 1).CompareTo(Rank(drawA, weightA, 0)) < 0);
            Assert.Equal(0, Rank(drawA, weightA, 0).CompareTo(Rank(drawA, weightA, 0)));
        }, count: 20_000);

    [Fact]
    public void Beats_EqualDrawsAndWeights_PrefersTheLowerIndex()
    {
        Assert.True(new Contender(7, 2, 3).Beats(new Contender(7, 2, 4)));
        Assert.False(new Contender(7, 2, 4).Beats(new Contender(7, 2, 3)));
        Assert.False(new Contender(7, 2, 3).Beats(new Contender(7, 2, 3)));
    }

    // L(0) = L(1) = 64, so with equal weights only the draw decides; 2^32 has L = 32, so different weights can tie too.
    [Theory]
    [InlineData(1, 1, 0, 1)]
    [InlineData(1UL << 32, 1, 1, 2)]
    [InlineData(1UL << 32, 2, 1, 4)]
    public void Beats_EqualQuotients_PrefersTheLargerDraw(ulong large, int weight, ulong small, int otherWeight)
    {
        Assert.True(new Contender(large, weight, 1).Beats(new Contender(small, otherWeight, 0)));
        Assert.False(new Contender(small, otherWeight, 0).Beats(new Contender(large, weight, 1)));
    }

    [Fact]
    public void Beats_TheEmptyContender_AlwaysEvenWithDrawZero()
    {
        Assert.True(new Contender(0, 1, 0).Beats(Contender.None));
        Assert.False(Contender.None.Beats(new Contender(0, 1, 0)));
        Assert.False(Contender.None.Beats(Contender.None));
    }

    private static RankedContender Rank(ulong draw, int weight, int node) =>
        new(new Contender(draw, weight, node), NegLog2.Of(draw));
}
