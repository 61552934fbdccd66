using System.Diagnostics;
using System.Text.Json;
using WsBalancer.EndToEnd.Tests.Fixtures;
using WsBalancer.EndToEnd.Tests.Nodes;

namespace WsBalancer.Faults.Tests.Nodes;

/// <summary>A node that accepts handshakes but sends a wrong response, or none.</summary>
public sealed class BadAnswerFaultTests(ITestOutputHelper output)
{
    private const int Tunnels = 6;
    private const int Handshakes = 5;

    private static readonly Dictionary<string, Func<NodeConnection, Task>> Answers = new()
    {
        ["answers garbage"] = static connection => connection.Wire.Send("\u0001\u0002 no HTTP at all\r\n\r\n"),
        ["answers 500"] = Script.Answer(500, "Internal Server Error", "broken"),
        ["closes without an answer"] = static _ => Task.CompletedTask,
        ["resets without an answer"] = Script.Reset,
    };

    private static readonly string[] Retried = ["500"];

    public static TheoryData<string, string, int, bool> Cases => [.. Enumerate()];

    [Theory]
    [MemberData(nameof(Cases))]
    public async Task BadAnswer_AffectsItsUsersOnly_UntilTheNextGoodAnswer(
        string engine, string answer, int expected, bool isRetried)
    {
        await using var fleet = await ScriptedFleet.Start(
            config => config.Set(
                $"{BalancerConfig.ClusterKey}:Handshake:RetryOn",
                isRetried ? JsonSerializer.SerializeToNode(Retried) : null),
            engine);
        var balancer = fleet.Balancer;
        var user = await balancer.UserOf("a");
        using var there = await OpenTunnels.Open(balancer, user);
        using var elsewhere = await OpenTunnels.Open(balancer, Tunnels, without: "a");

        var before = fleet.A.Upgrades;
        fleet.A.Script = Answers[answer];
        var seen = new List<int>();
        for (var i = 0; i < Handshakes; i++)
        {
            seen.Add(await balancer.StatusOf(user));
        }

        var sent = fleet.A.Upgrades - before;
        await there.Echo();
        await elsewhere.Echo();
        fleet.A.Script = Script.Echo();
        var begun = Stopwatch.GetTimestamp();
        var home = await balancer.Visit(user);
        var healed = Stopwatch.GetElapsedTime(begun);

        Assert.All(seen, status => Assert.Equal(expected, status));
        Assert.Equal((Handshakes, "a"), (sent, home));
        FaultReport.Add(
            $"a node {answer}{(isRetried ? ", which is in `Handshake:RetryOn`" : "")} ({engine})",
            $"its users: {expected}{(expected == 101 ? " at the next node of their order" : "")}; the others: nothing",
            "nothing",
            healed,
            output);
    }

    // A response of the node is passed on, unless configured otherwise. If there is no response, or an incomplete one,
    // the next node is tried.
    private static IEnumerable<TheoryDataRow<string, string, int, bool>> Enumerate() =>
        from engine in new EveryEngine()
        from row in new (string Answer, int Status, bool IsRetried)[]
        {
            ("answers garbage", 502, false),
            ("answers 500", 500, false),
            ("answers 500", 101, true),
            ("closes without an answer", 101, false),
            ("resets without an answer", 101, false),
        }
        select new TheoryDataRow<string, string, int, bool>(engine.Data, row.Answer, row.Status, row.IsRetried);
}
