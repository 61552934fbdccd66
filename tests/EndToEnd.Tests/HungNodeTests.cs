using WsBalancer.EndToEnd.Tests.Fixtures;
using WsBalancer.EndToEnd.Tests.Processes;

namespace WsBalancer.EndToEnd.Tests;

/// <summary>A node whose process is stopped: its kernel still accepts connections, of users and of probes.</summary>
public sealed class HungNodeTests
{
    // The default number of consecutive handshakes without a response that makes a node unhealthy.
    private const int Unanswered = 3;

    public static TheoryData<string> Engines => ["io_uring", "epoll", "sockets"];

    [Theory]
    [MemberData(nameof(Engines))]
    public async Task HungNode_IsUnhealthy_AfterAFewUsersHaveWaited(string engine)
    {
        await using var fleet = await Start(engine, trialAfter: "1h");
        var users = await UsersOf(fleet, "ws-1", 20);
        fleet.Nodes[0].Process.Send(Signal.Stop);

        var waiting = await Task.WhenAll(users.Take(Unanswered).Select(user => StatusOf(fleet, user)));
        await fleet.Balancer.UntilHealth("ws-1", "unhealthy");

        // No user waits: a handshake at the hung node would end with 504.
        var next = new List<string>();
        foreach (var user in users)
        {
            next.Add(await fleet.Balancer.Visit(user));
        }

        Assert.All(waiting, status => Assert.Equal(504, status));
        Assert.DoesNotContain("ws-1", next);
        Assert.Equal("unhealthy", (string?)(await fleet.Balancer.Node("ws-1"))!["health"]);
    }

    [Theory]
    [MemberData(nameof(Engines))]
    public async Task HungNode_ThatContinues_HasItsUsersAgain(string engine)
    {
        await using var fleet = await Start(engine, trialAfter: "100ms");
        var user = (await UsersOf(fleet, "ws-1", 1))[0];
        fleet.Nodes[0].Process.Send(Signal.Stop);
        await Task.WhenAll(Enumerable.Range(0, Unanswered).Select(_ => StatusOf(fleet, user)));
        await fleet.Balancer.UntilHealth("ws-1", "unhealthy");

        fleet.Nodes[0].Process.Send(Signal.Continue);

        await Deadline.Until(
            "the user is at home",
            async () =>
            {
                using var client = await fleet.Balancer.SendRequest(user);
                return client.Response.Status == 101 && await client.ReadWelcome() == "ws-1";
            },
            () => fleet.Balancer.Process.Output);
        await fleet.Balancer.UntilHealth("ws-1", "healthy");
    }

    private static Task<WsFleet> Start(string engine, string trialAfter) => WsFleet.Start(3, 3, config => config
        .Set($"{BalancerConfig.ClusterKey}:Handshake:Timeout", "2s")
        .Set($"{BalancerConfig.ClusterKey}:Health:TrialAfter", trialAfter)
        .Set($"{BalancerConfig.ClusterKey}:Health:Interval", "100ms"), engine);

    private static async Task<int> StatusOf(WsFleet fleet, string user)
    {
        using var client = await fleet.Balancer.SendRequest(user);
        return client.Response.Status;
    }

    private static async Task<List<string>> UsersOf(WsFleet fleet, string node, int count)
    {
        var users = new List<string>();
        for (var i = 0; users.Count < count; i++)
        {
            if ((string?)(await fleet.Balancer.Owner($"user-{i}"))["owner"] == node)
            {
                users.Add($"user-{i}");
            }
        }

        return users;
    }
}
