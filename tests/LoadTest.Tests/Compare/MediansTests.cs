using WsBalancer.LoadTest.Compare;

namespace WsBalancer.LoadTest.Tests.Compare;

public sealed class MediansTests
{
    [Theory]
    [InlineData(2.0, 9.0, 1.0, 2.0)]
    [InlineData(5.0, 5.0)]
    [InlineData(3.0, 4.0, 1.0, 2.0, 100.0)]
    public void Of_IsTheValueInTheMiddle(double median, params double[] values) =>
        Assert.Equal(median, Medians.Of(values.Select(value => (double?)value)));

    [Fact]
    public void Of_LeavesOutWhatIsNotKnown() => Assert.Equal(2.0, Medians.Of([null, 1, 3, null]));

    [Fact]
    public void Of_NothingKnown_IsNotKnown()
    {
        Assert.Null(Medians.Of([]));
        Assert.Null(Medians.Of([null]));
    }

    [Fact]
    public void Ratio_IsTheValueOverTheFirst() => Assert.Equal(0.5, Medians.Ratio(2, 4));

    [Theory]
    [InlineData(null, 1.0)]
    [InlineData(1.0, null)]
    [InlineData(1.0, 0.0)]
    public void Ratio_ThatIsUndefined_IsNull(double? value, double? first) =>
        Assert.Null(Medians.Ratio(value, first));
}
