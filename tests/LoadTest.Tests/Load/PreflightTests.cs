using WsBalancer.LoadTest.Load;

namespace WsBalancer.LoadTest.Tests.Load;

public sealed class PreflightTests
{
    private const string LimitsFile =
        """
        Limit                     Soft Limit           Hard Limit           Units
        Max processes             94190                94190                processes
        Max open files            20000                40000                files
        Max locked memory         8388608              8388608              bytes
        """;

    [Fact]
    public void ParseDescriptors_FindsTheSoftLimit() =>
        Assert.Equal(20_000, ProcessLimits.ParseDescriptors(LimitsFile));

    [Theory]
    [InlineData("")]
    [InlineData("Max open files            unlimited            unlimited            files")]
    public void ParseDescriptors_WithoutALimit_IsNull(string text) => Assert.Null(ProcessLimits.ParseDescriptors(text));

    [Fact]
    public void ParseLocalPorts_CountsBothEnds() =>
        Assert.Equal(28_232, ProcessLimits.ParseLocalPorts("32768\t60999\n"));

    [Fact]
    public void Check_WithinTheLimits_FindsNothing() =>
        Assert.Empty(Preflight.Check(19_850, new ProcessLimits(20_000, 28_232)));

    [Fact]
    public void Check_WhereNothingIsKnown_FindsNothing() =>
        Assert.Empty(Preflight.Check(1_000_000, new ProcessLimits(null, null)));

    [Fact]
    public void Check_OneBeyondTheDescriptors_ReportsHowManyAreNeeded()
    {
        var problem = Assert.Single(Preflight.Check(19_851, new ProcessLimits(20_000, 28_232)));

        Assert.Contains("ulimit -Hn 20001", problem, StringComparison.Ordinal);
        Assert.Contains("at most 19850 connections", problem, StringComparison.Ordinal);
    }

    [Fact]
    public void Check_OneBeyondThePorts_NamesTheSetting()
    {
        var problem = Assert.Single(Preflight.Check(28_233, new ProcessLimits(100_000, 28_232)));

        Assert.Contains("net.ipv4.ip_local_port_range", problem, StringComparison.Ordinal);
    }
}
