using WsBalancer.HashRing.Maglev;

namespace WsBalancer.HashRing.Tests.Maglev;

public sealed class FastModuloTests
{
    [Fact]
    public void Remainder_IsThatOfTheDivision() => SmallRing.ForAll(
        Gen.Select(Gen.OneOf(Gen.ULong, Gen.ULong[ulong.MaxValue - 9, ulong.MaxValue]), Gen.UInt[2, uint.MaxValue]),
        static values =>
        {
            var (value, divisor) = values;
            var modulo = new FastModulo(divisor);

            Assert.Equal(value % divisor, modulo.Of(value));
            Assert.Equal(0UL, modulo.Of(value - (value % divisor)));
            Assert.Equal(divisor - 1UL, modulo.Of(ulong.MaxValue - (ulong.MaxValue % divisor) - 1));
        },
        2_000);
}
