using WsBalancer.EndToEnd.Tests.Fixtures;
using WsBalancer.EndToEnd.Tests.Nodes;
using WsBalancer.EndToEnd.Tests.Processes;

namespace WsBalancer.EndToEnd.Tests;

/// <summary>Every user has a node, keeps it, and is moved only by a change that requires it.</summary>
public sealed class PinningTests
{
    private static readonly string[] Users = [.. Enumerable.Range(0, 1_000).Select(i => $"user-{i}")];

    [Fact]
    public async Task AUser_IsPlacedAtItsOwner_AndReconnectsThere()
    {
        var nodes = await WsNode.StartAll("ws-1", "ws-2", "ws-3");
        await using var fleet = new Together(nodes);
        await using var balancer = await Balancer.Start(BalancerConfig.With(nodes));

        var first = await balancer.VisitAll(Users);
        var second = await balancer.VisitAll(Users);

        Assert.Equal(first, second);
        Assert.Equal(["ws-1", "ws-2", "ws-3"], first.Values.Distinct().Order());
        foreach (var user in Users)
        {
            Assert.Equal(first[user], (string?)(await balancer.Owner(user))["owner"]);
        }
    }

    [Fact]
    public async Task TwoBalancers_PlaceEveryUserAlike()
    {
        var nodes = Scripted("ws-1", "ws-2", "ws-3");
        await using var fleet = new Together(nodes);
        await using var one = await Balancer.Start(BalancerConfig.With(nodes));
        await using var other = await Balancer.Start(BalancerConfig.With(nodes.Reverse()));

        Assert.Equal(await one.VisitAll(Users), await other.VisitAll(Users));
        Assert.Equal(
            (string?)(await one.Cluster())["ring"]!["fingerprint"],
            (string?)(await other.Cluster())["ring"]!["fingerprint"]);
    }

    [Fact]
    public async Task AddingANode_MovesUsersOnlyToIt()
    {
        var nodes = Scripted("ws-1", "ws-2", "ws-3", "ws-4");
        await using var fleet = new Together(nodes);
        await using var balancer = await Balancer.Start(BalancerConfig.With(nodes[..3]));
        var before = await balancer.VisitAll(Users);

        await balancer.Write(BalancerConfig.With(nodes).ToString());
        await balancer.Until("ws-4 is there", cluster => cluster["nodes"]!.AsArray().Count == 4);
        var after = await balancer.VisitAll(Users);

        var moved = Users.Where(user => before[user] != after[user]).ToList();
        Assert.All(moved, user => Assert.Equal("ws-4", after[user]));

        // A quarter of 1,000, plus or minus six standard deviations.
        Assert.InRange(moved.Count, 168, 332);
    }

    [Fact]
    public async Task RemovingANode_MovesOnlyItsUsers()
    {
        var nodes = Scripted("ws-1", "ws-2", "ws-3", "ws-4");
        await using var fleet = new Together(nodes);
        await using var balancer = await Balancer.Start(BalancerConfig.With(nodes));
        var before = await balancer.VisitAll(Users);

        await balancer.Write(BalancerConfig.With(nodes[1..]).ToString());
        balancer.Process.Send(Signal.Hangup);
        await balancer.Until("ws-1 is gone", cluster => cluster["nodes"]!.AsArray().Count == 3);
        var after = await balancer.VisitAll(Users);

        Assert.All(Users, user => Assert.Equal(before[user] == "ws-1", before[user] != after[user]));
        Assert.Equal(["ws-2", "ws-3", "ws-4"], after.Values.Distinct().Order());
    }

    [Fact]
    public async Task ANodeThatIsKilled_LosesItsUsersUntilItIsRestarted_AndNoOtherUserMoves()
    {
        var nodes = await WsNode.StartAll("ws-1", "ws-2", "ws-3");
        await using var fleet = new Together(nodes);
        await using var balancer = await Balancer.Start(BalancerConfig.With(nodes));
        var before = await balancer.VisitAll(Users);

        await nodes[0].Kill();
        var during = await balancer.VisitAll(Users);
        await balancer.UntilHealth("ws-1", "unhealthy");
        await using var again = await WsNode.Start("ws-1", nodes[0].Port);
        await balancer.UntilHealth("ws-1", "healthy");
        var after = await balancer.VisitAll(Users);

        Assert.All(Users, user => Assert.Equal(before[user] == "ws-1", before[user] != during[user]));
        Assert.Equal(["ws-2", "ws-3"], during.Values.Distinct().Order());
        Assert.Equal(before, after);
    }

    private static ScriptedNode[] Scripted(params IEnumerable<string> names) =>
        [.. names.Select(name => ScriptedNode.Start(name))];
}
