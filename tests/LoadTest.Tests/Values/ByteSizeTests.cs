using WsBalancer.LoadTest.Values;

namespace WsBalancer.LoadTest.Tests.Values;

public sealed class ByteSizeTests
{
    [Theory]
    [InlineData("64", 64)]
    [InlineData("64B", 64)]
    [InlineData("1KB", 1_000)]
    [InlineData("1KiB", 1_024)]
    [InlineData("2MB", 2_000_000)]
    [InlineData("16MiB", 16_777_216)]
    public void TryParse_WithAUnitOrWithout_CountsBytes(string text, int bytes)
    {
        Assert.True(ByteSize.TryParse(text, out var actual));
        Assert.Equal(bytes, actual);
    }

    [Theory]
    [InlineData("")]
    [InlineData("KB")]
    [InlineData("1kb")]
    [InlineData("1.5KB")]
    [InlineData("-1")]
    [InlineData("17MiB")]
    [InlineData("16777217")]
    [InlineData("9223372036854775807MiB")]
    public void TryParse_WhatIsNoSize_IsRefused(string text) => Assert.False(ByteSize.TryParse(text, out _));
}
