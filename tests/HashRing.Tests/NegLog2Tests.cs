using System.Numerics;
using WsBalancer.HashRing.Rendezvous;

namespace WsBalancer.HashRing.Tests;

public sealed class NegLog2Tests
{
    private const double One = 1L << NegLog2.FractionBits;

    [Fact]
    public void Entries_AreTheNearestToTheExactLogarithms()
    {
        for (var i = 0; i < NegLog2.Intervals; i++)
        {
            Assert.Equal(NearestLog2(NegLog2.Intervals + i), NegLog2.Entries[i]);
        }

        Assert.Equal(1UL << NegLog2.FractionBits, NegLog2.Entries[NegLog2.Intervals]);
    }

    [Fact]
    public void Of_NeverIncreasesAndIsAtLeastOne() =>
        SmallRing.ForAll(Gen.Select(Gen.ULong, Gen.Frequency((1, Gen.ULong), (2, Gen.ULong[0, 1000]))), static pair =>
        {
            var (draw, step) = pair;
            var next = draw > ulong.MaxValue - step ? ulong.MaxValue : draw + step;

            Assert.True(NegLog2.Of(draw) >= NegLog2.Of(next));
            Assert.True(NegLog2.Of(next) >= 1);
        }, count: 20_000);

    [Fact]
    public void Of_AtEveryTableEntry_NeverIncreases()
    {
        for (var zeros = 0; zeros < 64; zeros++)
        {
            for (var i = 0; i < NegLog2.Intervals; i++)
            {
                var draw = ((ulong)(NegLog2.Intervals + i) << 51) >> zeros;
                Assert.True(draw == 0 || NegLog2.Of(draw - 1) >= NegLog2.Of(draw));
                Assert.True(NegLog2.Of(draw) >= NegLog2.Of(draw + 1));
            }
        }
    }

    [Fact]
    public void Of_IsNearTheLogarithm() => SmallRing.ForAll(Gen.ULong[1, ulong.MaxValue], static draw =>
    {
        // The error of the interpolation is at most 1.1e-8; that of double precision is far smaller.
        Assert.Equal(64 - Math.Log2(draw), NegLog2.Of(draw) / One, 1.2e-8);
    }, count: 20_000);

    private static ulong NearestLog2(int numerator)
    {
        // One bit of log2(numerator / 4096) per squaring, and one bit more for rounding. Each squaring doubles the
        // error of the one before it: of 256 bits, 48 squarings lose about 50.
        const int Precision = 256;
        var x = new BigInteger(numerator) << (Precision - 12);
        var two = BigInteger.One << (Precision + 1);
        var bits = 0UL;
        for (var i = 0; i <= NegLog2.FractionBits; i++)
        {
            x = (x * x) >> Precision;
            var bit = x >= two;
            bits = (bits << 1) | (bit ? 1UL : 0UL);
            x >>= bit ? 1 : 0;
        }

        return (bits + 1) >> 1;
    }
}
