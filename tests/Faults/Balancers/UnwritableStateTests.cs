using System.Diagnostics;
using System.Net;
using System.Text.Json.Nodes;
using WsBalancer.EndToEnd.Tests;
using WsBalancer.EndToEnd.Tests.Fixtures;

namespace WsBalancer.Faults.Tests.Balancers;

/// <summary>The state file can no longer be written while the balancer runs.</summary>
public sealed class UnwritableStateTests(ITestOutputHelper output)
{
    private const int Tunnels = 6;

    [Fact]
    public async Task ChangesAreRefused_AndUsersUnaffected_UntilTheFileCanBeWritten()
    {
        await using var fleet = await WsFleet.Start(3, 3);
        var balancer = fleet.Balancer;
        using var tunnels = await OpenTunnels.Open(balancer, Tunnels);
        await balancer.Weigh("ws-1", 3);
        await Block(balancer.StateFile);

        var (weighed, problem) = await balancer.Change(
            HttpMethod.Patch, "nodes/ws-2", new JsonObject { ["weight"] = 5 });
        var (drained, _) = await balancer.Change(HttpMethod.Post, "nodes/ws-2/drain", new JsonObject());
        var during = await balancer.Cluster();
        await tunnels.Echo();
        await balancer.Visit("alice");

        var begun = Stopwatch.GetTimestamp();
        Directory.Delete(balancer.StateFile + ".tmp");
        await balancer.Weigh("ws-2", 5);
        var healed = Stopwatch.GetElapsedTime(begun);
        await tunnels.Echo();
        await balancer.Kill();
        await balancer.StartAgain();
        var after = await balancer.Cluster();

        Assert.Equal((HttpStatusCode.InternalServerError, HttpStatusCode.InternalServerError), (weighed, drained));
        Assert.Contains(balancer.StateFile, (string)problem!["detail"]!, StringComparison.Ordinal);
        Assert.Equal((1, "active"), (during.WeightOf("ws-2"), during.StateOf("ws-2")));
        Assert.Equal((3, 5), (after.WeightOf("ws-1"), after.WeightOf("ws-2")));
        FaultReport.Add(
            "the state file cannot be written",
            "nothing; a change is answered with 500 and not made",
            "nothing",
            healed,
            output);
    }

    // The file is removed, so that the balancer must write a whole file, and a folder takes the path of its temporary
    // file. A save in progress may use that path, so wait for the end of the save.
    private static Task Block(string file) => Deadline.Until("nothing is being saved", () =>
    {
        if (File.Exists(file + ".tmp"))
        {
            return false;
        }

        Directory.CreateDirectory(file + ".tmp");
        File.Delete(file);
        return true;
    });
}
