using CsCheck;

namespace WsBalancer.Proxy.Tests;

public sealed class ByteSizeTests
{
    [Theory]
    [InlineData("0", 0)]
    [InlineData("1023", 1_023)]
    [InlineData("16KB", 16_384)]
    [InlineData("64MB", 67_108_864)]
    [InlineData("2147483647", int.MaxValue)]
    [InlineData("2047MB", 2_146_435_072)]
    public void TryParse_OfASize_ReadsIt(string text, int expected)
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
    [InlineData("1GB")]
    [InlineData("2048MB")]
    [InlineData("2147483648")]
    public void TryParse_OfAnythingElse_Refuses(string text) => Assert.False(ByteSize.TryParse(text, out _));

    [Theory]
    [InlineData(0, "0")]
    [InlineData(1_000, "1000")]
    [InlineData(1_536, "1536")]
    [InlineData(262_144, "256KB")]
    [InlineData(1_048_576, "1MB")]
    public void ToString_UsesTheLargestUnitThatDivides(int bytes, string expected) =>
        Assert.Equal(expected, new ByteSize(bytes).ToString());

    [Fact]
    public void ToString_OfAnySize_IsReadBack() => Gen.Int[0, int.MaxValue].Sample(bytes =>
    {
        Assert.True(ByteSize.TryParse(new ByteSize(bytes).ToString(), out var read));
        Assert.Equal(bytes, read.Bytes);
    });
}
