using WsBalancer.Cli.Output;

namespace WsBalancer.Cli.Tests.Output;

public sealed class AmountsTests
{
    [Theory]
    [InlineData(0, "0s")]
    [InlineData(0.1, "1s")]
    [InlineData(59.5, "1m 0s")]
    [InlineData(3599, "59m 59s")]
    [InlineData(3600, "1h 0m")]
    [InlineData(90_000, "1d 1h")]
    public void ADuration_HasTwoUnits(double seconds, string expected) =>
        Assert.Equal(expected, Amounts.Duration(seconds));

    [Theory]
    [InlineData(999, "999 B")]
    [InlineData(1_000, "1.0 kB")]
    [InlineData(1_250_000, "1.3 MB")]
    [InlineData(5_000_000_000_000, "5000.0 GB")]
    public void Bytes_HaveAUnit(long bytes, string expected) => Assert.Equal(expected, Amounts.Bytes(bytes));

    [Theory]
    [InlineData(100, "100/s")]
    [InlineData(0.5, "0.5/s")]
    public void ARate_IsShort(double rate, string expected) => Assert.Equal(expected, Amounts.Rate(rate));
}
