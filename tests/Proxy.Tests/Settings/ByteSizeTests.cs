using CsCheck;
using WsBalancer.Proxy.Settings;

namespace WsBalancer.Proxy.Tests.Settings;

public sealed class ByteSizeTests
{
    [Theory]
    [InlineData("0", 0)]
    [InlineData("1023", 1_023)]
    [InlineData("16KB", 16_384)]
    [InlineData("64MB", 67_108_864)]
    [InlineData("2147483648", 2_147_483_648)]
    [InlineData("2GB", 2_147_483_648)]
    public void TryParse_OfASize_ReadsIt(string text, long expected)
    {
        Assert.True(ByteSize.TryParse(text, out var size));
        Assert.Equal(expected, size.Bytes);
    }

    [Theory]
    [InlineData("")]
    [InlineData("KB")]
    [InlineData("-1")]
    [InlineData("256 KB")]
    [InlineData("256kb")]
    [InlineData("256K")]
    [InlineData("1.5MB")]
    [InlineData("1,024")]
    [InlineData("1TB")]
    [InlineData("8589934592GB")]
    [InlineData("9223372036854775808")]
    public void TryParse_OfAnythingElse_Refuses(string text) => Assert.False(ByteSize.TryParse(text, out _));

    [Theory]
    [InlineData(0, "0")]
    [InlineData(1_000, "1000")]
    [InlineData(1_536, "1536")]
    [InlineData(262_144, "256KB")]
    [InlineData(1_048_576, "1MB")]
    [InlineData(3_221_225_472, "3GB")]
    public void ToString_UsesTheLargestUnitThatDivides(long bytes, string expected) =>
        Assert.Equal(expected, new ByteSize(bytes).ToString());

    [Fact]
    public void ToString_OfAnySize_IsReadBack() => Gen.Long[0, long.MaxValue].Sample(bytes =>
    {
        Assert.True(ByteSize.TryParse(new ByteSize(bytes).ToString(), out var read));
        Assert.Equal(bytes, read.Bytes);
    });
}
