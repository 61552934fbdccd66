using System.Diagnostics;
using WsBalancer.LoadTest.Compare;

namespace WsBalancer.LoadTest.Tests.Compare;

public sealed class ProcessReadingTests
{
    private const string Linux = "It reads /proc.";

    [Theory]
    [InlineData("42 (nginx) S 7 42 42 0", 7)]
    [InlineData("42 (a) b) (c) R 1 2 3", 1)]
    [InlineData("", null)]
    [InlineData("42 (nginx) S", null)]
    public void ParseParent_FollowsTheName(string stat, int? parent) =>
        Assert.Equal(parent, ProcessTree.ParseParent(stat));

    [Theory]
    [InlineData("98837 1405585 2\n", 98_837L)]
    [InlineData("", null)]
    public void ParseRunTime_IsTheFirst(string schedstat, long? nanoseconds) =>
        Assert.Equal(nanoseconds, ProcessReading.ParseRunTime(schedstat));

    [Theory]
    [InlineData("VmHWM:\t  9 kB\nVmRSS:\t    1234 kB\nRssAnon: 1 kB\n", 1_263_616L)]
    [InlineData("Name:\tkthreadd\n", null)]
    public void ParseResident_IsInBytes(string status, long? bytes) =>
        Assert.Equal(bytes, ProcessReading.ParseResident(status));

    [Fact]
    public void CpuSecondsSince_AddsUpTheThreadsThatAreLeft()
    {
        var before = new ProcessReading(
            new Dictionary<int, long> { [1] = 1_000_000_000, [2] = 5_000_000_000 }, 0);
        var after = new ProcessReading(
            new Dictionary<int, long> { [1] = 1_500_000_000, [3] = 250_000_000 }, 0);

        Assert.Equal(0.75, after.CpuSecondsSince(before));
    }

    [Fact]
    public void Take_OfThisProcess_SeesWhatItUses()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), Linux);
        var before = ProcessReading.Take(Environment.ProcessId);

        SpinWait.SpinUntil(() => ProcessReading.Take(Environment.ProcessId).CpuSecondsSince(before) > 0.02);

        Assert.InRange(before.ResidentBytes, 1_000_000, long.MaxValue);
    }

    [Fact]
    public async Task Take_OfAParent_CountsItsChildren()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), Linux);
        using var parent = Process.Start("sh", ["-c", "sleep 600 & sleep 600; true"]);
        try
        {
            await Eventually.IsTrueAsync(() => ProcessTree.Of(parent.Id).Count == 3, "two children");

            Assert.Equal(parent.Id, ProcessTree.Of(parent.Id)[0]);
            Assert.Equal(3, ProcessReading.Take(parent.Id).ThreadNanoseconds.Count);
        }
        finally
        {
            parent.Kill(entireProcessTree: true);
        }

        await parent.WaitForExitAsync(TestContext.Current.CancellationToken);
        Assert.Empty(ProcessTree.Of(parent.Id));
        Assert.Throws<IOException>(() => ProcessReading.Take(parent.Id));
    }
}
