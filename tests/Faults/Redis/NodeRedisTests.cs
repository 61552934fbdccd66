using System.Diagnostics;
using System.Text.Json.Nodes;
using WsBalancer.EndToEnd.Tests;
using WsBalancer.EndToEnd.Tests.Clients;
using WsBalancer.EndToEnd.Tests.Fixtures;
using WsBalancer.EndToEnd.Tests.Wire;

namespace WsBalancer.Faults.Tests.Redis;

/// <summary>The Redis of two sample nodes is killed, or hangs, while users send messages through a balancer.</summary>
public sealed class NodeRedisTests(ITestOutputHelper output)
{
    private const string EchoMessage = """{"type":"echo"}""";

    // Each message has a different number, because an earlier message may arrive late.
    private int _sent;

    [Fact]
    public Task RedisKilled_NoUserIsDisconnected_AndMessagesPassBetweenNodesAfterTheRestart() =>
        Check("Redis is killed below the sample nodes", RedisFault.Killed);

    [Fact]
    public Task RedisHung_NoUserIsDisconnected_AndMessagesPassBetweenNodesWhenItContinues() =>
        Check("Redis hangs below the sample nodes", RedisFault.Hung);

    private async Task Check(string name, RedisFault fault)
    {
        await using var redis = await RedisServer.Start();
        await using var one = await WsNode.Start("ws-1", 0, "--redis", redis.Address);
        await using var two = await WsNode.Start("ws-2", 0, "--redis", redis.Address);
        await using var balancer = await Balancer.Start(BalancerConfig.With(one, two));
        var (alice, bob) = await TwoUsersOf(balancer, "ws-1");
        using var first = await OpenAt(balancer, alice, "ws-1");
        using var second = await OpenAt(balancer, bob, "ws-1");
        var (carol, visitor) = await TwoUsersOf(balancer, "ws-2");
        using var other = await OpenAt(balancer, carol, "ws-2");
        await UntilReached("a message passes between the nodes", other, first, alice);

        await fault.Begin(redis);
        await UntilReached("a message reaches a user of the same node", first, second, bob);
        await Echo(second);
        await Echo(other);
        using var late = await OpenAt(balancer, visitor, "ws-2");
        await UntilReached("the same at the other node", other, late, visitor);

        var begun = Stopwatch.GetTimestamp();
        await fault.End(redis);
        await UntilReached("a message passes between the nodes again", other, first, alice);
        var healed = Stopwatch.GetElapsedTime(begun);
        await Echo(second);

        FaultReport.Add(
            name,
            "messages reach their own node only, and the sender is told; nobody is disconnected",
            "messages to other nodes meanwhile, each with an error to its sender",
            healed,
            output);
    }

    private static async Task<(string, string)> TwoUsersOf(Balancer balancer, string node)
    {
        var users = new List<string>();
        for (var i = 0; users.Count < 2; i++)
        {
            if ((string?)(await balancer.Owner($"member-{i}"))["owner"] == node)
            {
                users.Add($"member-{i}");
            }
        }

        return (users[0], users[1]);
    }

    private static async Task<RawClient> OpenAt(Balancer balancer, string user, string node)
    {
        var client = await balancer.Open(user);
        Assert.Equal(node, await client.ReadWelcome());
        return client;
    }

    // A message may be lost until the node detects the fault; the sender then receives an error. So the message is sent
    // repeatedly.
    private async Task UntilReached(string fact, RawClient sender, RawClient receiver, string user)
    {
        var before = _sent;
        await Deadline.Until(fact, async () =>
        {
            await sender.Send(Frame.Text($$"""{"type":"direct","to":"{{user}}","data":{{++_sent}}}"""));
            return await LastReceived(receiver) > before;
        });
    }

    private static async Task<int> LastReceived(RawClient client)
    {
        var last = 0;
        await client.Send(Frame.Text(EchoMessage));
        while ((await client.Read()).PayloadText is var text && text != EchoMessage)
        {
            var message = JsonNode.Parse(text)!;
            last = (string?)message["type"] == "direct" ? (int)message["data"]! : last;
        }

        return last;
    }

    // Skips messages of other users, and errors for earlier messages of this user.
    private static Task<int> Echo(RawClient client) => LastReceived(client);
}
