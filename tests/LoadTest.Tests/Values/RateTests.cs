using WsBalancer.LoadTest.Values;

namespace WsBalancer.LoadTest.Tests.Values;

public sealed class RateTests
{
    [Theory]
    [InlineData("100/s", 100)]
    [InlineData("6000/m", 100)]
    [InlineData("3600/h", 1)]
    [InlineData("250", 250)]
    [InlineData("0.5", 0.5)]
    [InlineData("1000000/s", 1_000_000)]
    public void TryParse_WithAUnitOrWithout_CountsPerSecond(string text, double perSecond)
    {
        Assert.True(Rate.TryParse(text, out var rate));
        Assert.Equal(perSecond, rate.PerSecond, 9);
    }

    [Theory]
    [InlineData("")]
    [InlineData("0")]
    [InlineData("0/s")]
    [InlineData("-5")]
    [InlineData("5/d")]
    [InlineData("5/")]
    [InlineData("/s")]
    [InlineData("1e3")]
    [InlineData("1000001/s")]
    [InlineData("NaN")]
    public void TryParse_WhatIsNoRate_IsRefused(string text) => Assert.False(Rate.TryParse(text, out _));
}
