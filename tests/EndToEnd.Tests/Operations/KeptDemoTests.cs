using System.Net.Http.Json;
using System.Text.Json.Nodes;
using WsBalancer.EndToEnd.Tests.Processes;

namespace WsBalancer.EndToEnd.Tests.Operations;

/// <summary>The fleet that <c>wsbalancer demo --keep</c> runs for the reader of the operations page.</summary>
public sealed class KeptDemoTests
{
    private const int Users = 60;

    [Fact]
    public async Task KeptFleet_AcceptsCommands_ReconnectsItsUsers_AndEndsWithCtrlC()
    {
        await using var demo = RunningProcess.Start(
            "wsbalancer", Programs.Balancer, "demo", "--keep", "--users", $"{Users}");
        var admin = (await demo.After("    export WSBALANCER_ADMIN="))[0];
        var add = (await demo.After("    wsbalancer add "))[0].Split(' ');
        using var http = new HttpClient { BaseAddress = new Uri(admin) };
        await UntilTunnels(http, "all users are connected", nodes => nodes.Sum(Tunnels) == Users);

        Assert.Equal(0, await Run(admin, "drain", "ws-2", "--rate", "1000/s", "--wait", "--timeout", "30s"));
        Assert.Equal(0, await Run(admin, ["add", .. add, "--yes"]));
        Assert.Equal(0, await Run(admin, "disconnect", "--older-than", "1ms", "--code", "1008"));
        await UntilTunnels(http, "all are back, none at ws-2", nodes =>
            nodes.Sum(Tunnels) == Users && nodes.Single(node => (string?)node!["id"] == "ws-2") is var drained
            && Tunnels(drained) == 0 && nodes.Any(node => (string?)node!["id"] == "ws-4" && Tunnels(node) > 0));

        demo.Send(Signal.Interrupt);
        Assert.Equal(0, await demo.ExitCode());
    }

    private static async Task<int> Run(string admin, params IEnumerable<string> arguments)
    {
        await using var command = RunningProcess.Start(
            "wsbalancer", Programs.Balancer, [.. arguments, "--admin", admin]);
        return await command.ExitCode();
    }

    private static Task UntilTunnels(HttpClient http, string fact, Func<JsonArray, bool> holds) =>
        Deadline.Until(fact, async () => await http.GetFromJsonAsync<JsonArray>("/api/v1/clusters")
            is [{ } cluster] && holds(cluster["nodes"]!.AsArray()));

    private static int Tunnels(JsonNode? node) => (int)node!["tunnels"]!;
}
