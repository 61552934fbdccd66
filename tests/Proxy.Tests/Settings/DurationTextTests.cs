using CsCheck;
using WsBalancer.Proxy.Settings;

namespace WsBalancer.Proxy.Tests.Settings;

public sealed class DurationTextTests
{
    [Theory]
    [InlineData("0s", "00:00:00")]
    [InlineData("500ms", "00:00:00.5")]
    [InlineData("10s", "00:00:10")]
    [InlineData("1.5s", "00:00:01.5")]
    [InlineData("5m", "00:05:00")]
    [InlineData("1h", "01:00:00")]
    [InlineData("1d", "1.00:00:00")]
    [InlineData("00:00:10", "00:00:10")]
    [InlineData("1.02:03:04", "1.02:03:04")]
    public void TryParse_OfADuration_ReadsIt(string text, string expected)
    {
        Assert.True(DurationText.TryParse(text, out var duration));
        Assert.Equal(TimeSpan.Parse(expected, null), duration);
    }

    [Theory]
    [InlineData("")]
    [InlineData("10")]
    [InlineData("10:00")]
    [InlineData("s")]
    [InlineData("-1s")]
    [InlineData("-00:00:01")]
    [InlineData("10 s")]
    [InlineData("10S")]
    [InlineData("1e3s")]
    [InlineData("1,000s")]
    [InlineData("10y")]
    [InlineData("10s5m")]
    [InlineData("99999999999999d")]
    [InlineData("79228162514264337593543950336ms")]
    public void TryParse_OfAnythingElse_Refuses(string text) => Assert.False(DurationText.TryParse(text, out _));

    [Theory]
    [InlineData("00:00:00", "0s")]
    [InlineData("00:01:30", "90s")]
    [InlineData("01:00:00", "1h")]
    [InlineData("2.00:00:00", "2d")]
    [InlineData("00:00:01.5", "1500ms")]
    public void Format_UsesTheLargestUnitThatDivides(string duration, string expected) =>
        Assert.Equal(expected, DurationText.Format(TimeSpan.Parse(duration, null)));

    [Fact]
    public void Format_OfAnyDuration_IsReadBack() => Gen.Long[0, TimeSpan.MaxValue.Ticks].Sample(ticks =>
    {
        var duration = new TimeSpan(ticks);

        Assert.True(DurationText.TryParse(DurationText.Format(duration), out var read));
        Assert.Equal(duration, read);
    });
}
