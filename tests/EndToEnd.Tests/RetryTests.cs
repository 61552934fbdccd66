using System.Text.Json.Nodes;
using WsBalancer.EndToEnd.Tests.Clients;
using WsBalancer.EndToEnd.Tests.Fixtures;
using WsBalancer.EndToEnd.Tests.Nodes;

namespace WsBalancer.EndToEnd.Tests;

/// <summary>A handshake that its node does not answer is retried at the next node of the user's order.</summary>
public sealed class RetryTests
{
    private static readonly (string, string) Draining = ("X-WsBalancer-State", "draining");

    [Fact]
    public async Task ARefusedConnection_IsRetriedAtTheNextNode()
    {
        await using var fleet = await ScriptedFleet.Start();
        var user = await fleet.Balancer.UserOf("a", "b", "c");
        await fleet.A.StopListening();

        Assert.Equal("b", await fleet.Balancer.Visit(user));
    }

    [Fact]
    public async Task AReset_BeforeAnyByteOfAnAnswer_IsRetriedAtTheNextNode()
    {
        await using var fleet = await ScriptedFleet.Start();
        var user = await fleet.Balancer.UserOf("a", "b", "c");
        fleet.A.Script = Script.Reset;

        Assert.Equal("b", await fleet.Balancer.Visit(user));
        Assert.Equal((1, 1, 0), (fleet.A.Upgrades, fleet.B.Upgrades, fleet.C.Upgrades));
    }

    [Fact]
    public async Task ANodeThatNeverAnswers_IsTheOnlyOneThatReceivesTheHandshake()
    {
        await using var fleet = await ScriptedFleet.Start(("Handshake:Timeout", "2s"));
        fleet.A.Script = fleet.B.Script = fleet.C.Script = Script.Silence;

        using var client = await fleet.Balancer.SendRequest("alice");

        Assert.Equal(504, client.Response.Status);
        Assert.Equal(1, fleet.A.Upgrades + fleet.B.Upgrades + fleet.C.Upgrades);
    }

    [Fact]
    public async Task ANodeThatNeverAnswers_IsFollowedByTheNext_IfConfigured()
    {
        await using var fleet = await ScriptedFleet.Start(
            ("Handshake:Timeout", "2s"), ("Handshake:RetryUnanswered", "true"));
        var user = await fleet.Balancer.UserOf("a", "b", "c");
        fleet.A.Script = Script.Silence;

        Assert.Equal("b", await fleet.Balancer.Visit(user));
        Assert.Equal(1, fleet.A.Upgrades);
    }

    [Fact]
    public async Task ANodeThatAnnouncesItsDrain_IsMarkedAndSkipped()
    {
        await using var fleet = await ScriptedFleet.Start();
        var user = await fleet.Balancer.UserOf("a", "c");
        fleet.A.Script = Script.Answer(503, "Service Unavailable", "leaving", Draining);

        var node = await fleet.Balancer.Visit(user);
        var marked = await fleet.Balancer.Node("a");

        Assert.Equal("c", node);
        Assert.StartsWith("drain", (string?)marked!["state"], StringComparison.Ordinal);
    }

    [Fact]
    public async Task APlain503_IsTheAnswer()
    {
        await using var fleet = await ScriptedFleet.Start();
        var user = await fleet.Balancer.UserOf("a");
        fleet.A.Script = Script.Answer(503, "Service Unavailable", "overloaded", ("Retry-After", "7"));

        using var client = await fleet.Balancer.SendRequest(user);

        Assert.Equal((503, "7"), (client.Response.Status, client.Response["Retry-After"]));
        Assert.Equal("overloaded", await client.ReadBody());
        Assert.Equal(0, fleet.B.Upgrades + fleet.C.Upgrades);
    }

    [Fact]
    public async Task MoreFailuresThanAttempts_EndIn503()
    {
        await using var fleet = await ScriptedFleet.Start(("Handshake:Attempts", "2"));
        var user = await fleet.Balancer.UserOf("a", "b", "c");
        fleet.A.Script = Script.Reset;
        fleet.B.Script = Script.Reset;

        using var client = await fleet.Balancer.SendRequest(user);

        await AssertProblem(client);
        Assert.Equal((1, 1, 0), (fleet.A.Upgrades, fleet.B.Upgrades, fleet.C.Upgrades));
    }

    [Fact]
    public async Task NoHealthyNode_TheOrderIsTriedAnyway()
    {
        await using var fleet = await ScriptedFleet.Start(("Health:Interval", "500ms"), ("Health:Rise", "10"));
        foreach (var node in fleet.Nodes)
        {
            await node.StopListening();
        }

        foreach (var node in fleet.Nodes)
        {
            await fleet.Balancer.UntilHealth(node.Name, "unhealthy");
        }

        using var refused = await fleet.Balancer.SendRequest("alice");
        fleet.B.ListenAgain();
        var visited = await fleet.Balancer.Visit("alice");
        var health = (string?)(await fleet.Balancer.Node("b"))!["health"];

        await AssertProblem(refused);
        Assert.Equal(("b", "unhealthy"), (visited, health));
    }

    [Fact]
    public async Task AllDraining_Is503()
    {
        await using var fleet = await ScriptedFleet.Start();
        foreach (var node in fleet.Nodes)
        {
            node.Script = Script.Answer(503, "Service Unavailable", "leaving", Draining);
        }

        using var client = await fleet.Balancer.SendRequest("alice");

        await AssertProblem(client);
        Assert.DoesNotContain("X-WsBalancer-State", client.Response.Headers.Select(header => header.Key));
    }

    private static async Task AssertProblem(RawClient client)
    {
        var problem = JsonNode.Parse(await client.ReadBody())!;

        Assert.Equal(503, client.Response.Status);
        Assert.StartsWith("application/problem+json", client.Response["Content-Type"], StringComparison.Ordinal);
        Assert.Equal(503, (int?)problem["status"]);
        Assert.NotEqual("", (string?)problem["title"] ?? "");
    }
}
