using WsBalancer.LoadTest.Values;

namespace WsBalancer.LoadTest.Tests.Values;

public sealed class DurationTests
{
    [Theory]
    [InlineData("500ms", 500)]
    [InlineData("30s", 30_000)]
    [InlineData("1.5s", 1_500)]
    [InlineData("5m", 300_000)]
    [InlineData("1h", 3_600_000)]
    [InlineData("0s", 0)]
    [InlineData("720h", 2_592_000_000)]
    public void TryParse_WithAUnit_IsRead(string text, double milliseconds)
    {
        Assert.True(Duration.TryParse(text, out var span));
        Assert.Equal(milliseconds, span.TotalMilliseconds);
    }

    [Theory]
    [InlineData("")]
    [InlineData("30")]
    [InlineData("s")]
    [InlineData("-1s")]
    [InlineData("5d")]
    [InlineData("1.2.3s")]
    [InlineData("5 s")]
    [InlineData("721h")]
    public void TryParse_WithoutAUnitOrOutOfBounds_IsRefused(string text) =>
        Assert.False(Duration.TryParse(text, out _));
}
