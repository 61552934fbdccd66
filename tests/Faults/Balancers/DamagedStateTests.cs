using System.Diagnostics;
using System.Text.Json.Nodes;
using WsBalancer.EndToEnd.Tests.Fixtures;

namespace WsBalancer.Faults.Tests.Balancers;

/// <summary>The state file of a balancer is damaged between two starts.</summary>
public sealed class DamagedStateTests(ITestOutputHelper output)
{
    private const string Previous = ".bak";
    private const int LastWeight = 7;

    [Fact]
    public Task CutAfterItsFirstLine_TheOneBeforeIsUsed_WithAllThatItHas() => Check(
        "the state file is cut after its first line",
        static file => file[..(file.IndexOf('\n', StringComparison.Ordinal) + 1)],
        "nothing that the file before it has: the changes of the last run, unless Redis has them",
        lastWeight: 1);

    [Fact]
    public Task CutInTheLastChange_TheOthersAreUsed() => Check(
        "the state file is cut in the last change",
        static file => file[..file.IndexOf($"\"weight\":{LastWeight}", StringComparison.Ordinal)],
        "that change, unless Redis has it",
        lastWeight: 2);

    [Fact]
    public Task GarbageInTheMiddle_TheRecordIsTakenFromTheOneBefore() => Check(
        "garbage in a record of the state file",
        static file =>
        {
            var record = file.IndexOf("\"ws-2\"", StringComparison.Ordinal) + 20;
            return file[..record] + "\u0001\u0002\u0003" + file[(record + 3)..];
        },
        "nothing that the file before it has",
        lastWeight: LastWeight);

    [Fact]
    public async Task NeitherFileCanBeRead_TheStartFailsWithTheReason_UntilOneIsRepaired()
    {
        await using var fleet = await StartWithChanges();
        var file = fleet.Balancer.StateFile;
        var good = await File.ReadAllTextAsync(file, TestContext.Current.CancellationToken);
        await File.WriteAllTextAsync(file, "garbage", TestContext.Current.CancellationToken);
        await File.WriteAllTextAsync(file + Previous, "", TestContext.Current.CancellationToken);

        var failure = await Assert.ThrowsAsync<InvalidOperationException>(fleet.Balancer.StartAgain);
        await File.WriteAllTextAsync(file, good, TestContext.Current.CancellationToken);
        var begun = Stopwatch.GetTimestamp();
        await fleet.Balancer.StartAgain();
        await fleet.Balancer.Visit("alice");
        var healed = Stopwatch.GetElapsedTime(begun);
        var cluster = await fleet.Balancer.Cluster();

        Assert.Contains("Neither the state file", failure.Message, StringComparison.Ordinal);
        Assert.Contains("repair one of them", failure.Message, StringComparison.Ordinal);
        Assert.Equal((3, true, LastWeight), Changes(cluster));
        FaultReport.Add(
            "neither the state file nor the one before it can be read",
            "refused connections: the start fails with a line that names both",
            "nothing: a start without them would undo drains",
            healed,
            output);
    }

    private async Task Check(string fault, Func<string, string> damage, string lost, int lastWeight)
    {
        await using var fleet = await StartWithChanges();
        var balancer = fleet.Balancer;
        var before = await File.ReadAllTextAsync(balancer.StateFile, TestContext.Current.CancellationToken);
        await File.WriteAllTextAsync(
            balancer.StateFile, damage(before), TestContext.Current.CancellationToken);

        var begun = Stopwatch.GetTimestamp();
        await balancer.StartAgain();
        var home = await balancer.Visit(await balancer.UserOf("ws-1"));
        var healed = Stopwatch.GetElapsedTime(begun);
        var found = Changes(await balancer.Cluster());
        await balancer.Weigh("ws-3", 9);
        await balancer.Kill();
        await balancer.StartAgain();

        Assert.Equal(("ws-1", (3, true, lastWeight)), (home, found));
        Assert.Equal((3, true, 9), Changes(await balancer.Cluster()));
        FaultReport.Add(fault, "nothing beyond the restart", lost, healed, output);
    }

    // The first run makes two changes, which the previous file contains; the second run makes two more, and appends the
    // last of them to the current file.
    private static async Task<WsFleet> StartWithChanges()
    {
        var fleet = await WsFleet.Start(3, 3);
        await fleet.Balancer.Weigh("ws-1", 3);
        await fleet.Balancer.Cordon("ws-2");
        await fleet.Balancer.Kill();
        await fleet.Balancer.StartAgain();
        await fleet.Balancer.Weigh("ws-3", 2);
        await fleet.Balancer.Weigh("ws-3", LastWeight);
        await fleet.Balancer.Kill();
        return fleet;
    }

    private static (int First, bool IsDraining, int Last) Changes(JsonNode cluster) =>
        (cluster.WeightOf("ws-1"), cluster.IsDraining("ws-2"), cluster.WeightOf("ws-3"));
}
