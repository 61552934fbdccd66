using System.Text.Json.Nodes;
using WsBalancer.EndToEnd.Tests.Fixtures;

namespace WsBalancer.EndToEnd.Tests.Operations;

/// <summary>
/// Records in Redis that no balancer may apply: both balancers set them aside, continue with equal rings, and report
/// them.
/// </summary>
public sealed class BadRecordTests
{
    [Theory]
    [InlineData(1L << 52)]
    [InlineData((1L << 52) - 1)]
    public async Task RecordWithAHugeNumber_SplitsNoFleet_AndStopsNoStart(long number)
    {
        await using var pair = await TwoBalancers.Start();
        await pair.Redis.SetField("wsbalancer:state", "chat/weight/ws-1", $$$"""
            {"cluster":"chat","kind":"weight","node":"ws-1","number":{{{number}}},"writer":"x","value":null}
            """);
        await pair.Until("it is listed", cluster => Problem(cluster)?.Contains($"{number}") ?? false);

        var weighed = await pair.One.Command("weight", "--yes", "ws-1=3");
        await pair.Until("ws-1 weighs 3", cluster => Weight(cluster) == 3 && Problem(cluster) is null);
        await pair.One.Kill();
        await pair.One.StartAgain();
        await pair.Until("ws-1 weighs 3 still", cluster => Weight(cluster) == 3);

        Assert.Equal(0, weighed.Code);
        Assert.Equal(await Fingerprint(pair.One), await Fingerprint(pair.Two));
    }

    [Fact]
    public async Task MemberThatTheApiWouldRefuse_IsNoNode_AndIsInTheStatus()
    {
        await using var pair = await TwoBalancers.Start();

        await pair.Redis.SetField("wsbalancer:state", "chat/member/ev{il}", """
            {"cluster":"chat","kind":"member","node":"ev{il}","number":1,"writer":"x",
            "value":{"origin":"added","address":"http://u:p@10.0.0.9/?q#f","weight":1,"ringKey":null}}
            """);
        await pair.Until("it is listed", cluster => Problem(cluster) is not null);
        var status = await pair.Two.Command("status");

        Assert.Equal(3, (await pair.One.Cluster())["nodes"]!.AsArray().Count);
        Assert.Contains("problem        Field 'chat/member/ev{il}'", status.Output, StringComparison.Ordinal);
    }

    private static string? Problem(JsonNode cluster) =>
        (string?)cluster["problems"]!.AsArray().SingleOrDefault()?["mistake"];

    private static int Weight(JsonNode cluster) =>
        (int)cluster["nodes"]!.AsArray().Single(node => (string?)node!["id"] == "ws-1")!["weight"]!;

    private static async Task<string> Fingerprint(Balancer balancer) =>
        (string)(await balancer.Cluster())["ring"]!["fingerprint"]!;
}
