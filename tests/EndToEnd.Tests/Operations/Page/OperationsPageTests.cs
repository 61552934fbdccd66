using WsBalancer.EndToEnd.Tests.Fixtures;
using WsBalancer.EndToEnd.Tests.Processes;

namespace WsBalancer.EndToEnd.Tests.Operations.Page;

/// <summary>Every command of <c>proxy/OPERATIONS.md</c> is run, and its output must match the page.</summary>
public sealed class OperationsPageTests
{
    private const int Users = 300;

    private static readonly string[] Walked =
    [
        "Deploying nodes",
        "Scaling out",
        "Scaling in",
        "Changing the file",
        "What happened, and who did it",
        "A node is sick",
        "What happened to a connection",
        "Moving from nginx or HAProxy",
        "Several balancers, and losing one",
        "Losing Redis",
    ];

    [Fact]
    public void Sections_WithCommands_AreAllWalked() =>
        Assert.Equal(Walked, OperationsPage.Sections.Select(section => section.Title));

    [Fact]
    public async Task Deployment_OfANode_IsAsOnThePage()
    {
        await using var fleet = await WsFleet.Start(3, 3);
        await using var crowd = await Crowd.Gather(fleet.Balancer, Users, reconnects: true);

        await new PageWalk(fleet.Balancer, fleet.Nodes)
            .With("restart ws-2", () => RestartAsync(fleet, 1))
            .Run("Deploying nodes");

        await crowd.UntilPresent(Users);
    }

    [Fact]
    public async Task ScalingOut_IsAsOnThePage()
    {
        await using var fleet = await WsFleet.Start(4, 3);
        await using var crowd = await Crowd.Gather(fleet.Balancer, Users, reconnects: true);

        await new PageWalk(fleet.Balancer, fleet.Nodes).Run("Scaling out");
    }

    [Fact]
    public async Task ScalingIn_IsAsOnThePage()
    {
        await using var fleet = await WsFleet.Start(3, 3);
        await using var crowd = await Crowd.Gather(fleet.Balancer, Users, reconnects: true);

        await new PageWalk(fleet.Balancer, fleet.Nodes).Run("Scaling in");
    }

    [Fact]
    public async Task ChangeOfTheFile_IsAsOnThePage()
    {
        var config = new BalancerConfig();
        await using var fleet = await WsFleet.Start(3, 3, made => config = made);
        await using var crowd = await Crowd.Gather(fleet.Balancer, Users, reconnects: true);

        await new PageWalk(fleet.Balancer, fleet.Nodes)
            .With("take ws-2 and ws-3 out of wsbalancer.json", async () =>
            {
                await fleet.Balancer.Write(config.RemoveNode("ws-2").RemoveNode("ws-3").ToString());
                await fleet.Balancer.UntilWritten("would move 66.61 % of the users");
            })
            .Run("Changing the file");
    }

    [Fact]
    public async Task AuditTrail_IsAsOnThePage()
    {
        await using var fleet = await WsFleet.Start(3, 3);

        await new PageWalk(fleet.Balancer, fleet.Nodes)
            .With("send SIGHUP to the balancer", async () =>
            {
                fleet.Balancer.Process.Send(Signal.Hangup);
                await fleet.Balancer.UntilWritten("is unchanged");
            })
            .Run("What happened, and who did it");
    }

    [Fact]
    public async Task SickNode_IsAsOnThePage()
    {
        await using var fleet = await WsFleet.Start(3, 3, config => config.Set(
            $"ReverseProxy:Clusters:{BalancerConfig.Cluster}:HealthCheck:Active:Path", "/healthz"));
        await using var crowd = await Crowd.Gather(fleet.Balancer, Users, reconnects: true);

        await new PageWalk(fleet.Balancer, fleet.Nodes)
            .With("kill the process of ws-3, and start it again", async () =>
            {
                await fleet.Nodes[2].Kill();
                await fleet.Balancer.UntilHealth("ws-3", "unhealthy");
                await StartAsync(fleet, 2);
                await fleet.Balancer.UntilHealth("ws-3", "healthy");
            })
            .Run("A node is sick");
    }

    [Fact]
    public async Task AccessLog_IsAsOnThePage()
    {
        await using var fleet = await WsFleet.Start(3, 3, config => config
            .Set("WsBalancer:AccessLog:Path", "access.log")
            .Set($"{BalancerConfig.ClusterKey}:Handshake:Attempts", "1"));
        var user = await fleet.Balancer.UserOf("ws-1");

        await new PageWalk(fleet.Balancer, fleet.Nodes)
            .With("a client at 127.0.0.1 connects, is lost, and cannot connect again", async () =>
            {
                using (await fleet.Balancer.Open(user))
                {
                    await fleet.Balancer.UntilOpen();
                }

                await fleet.Balancer.UntilEmpty();
                await fleet.Nodes[0].Kill();
                using var refused = await fleet.Balancer.SendRequest(user);
                await Deadline.Until("both lines are written", () => File.Exists(LogOf(fleet.Balancer))
                    && File.ReadLines(LogOf(fleet.Balancer)).Count() == 2);
            })
            .Run("What happened to a connection");
    }

    [Fact]
    public async Task MoveFromNginx_IsAsOnThePage()
    {
        await using var fleet = await WsFleet.Start(
            3, 3, config => config.Set($"{BalancerConfig.ClusterKey}:Ring:Algorithm", "nginx"));
        await using var crowd = await Crowd.Gather(fleet.Balancer, Users, reconnects: true);

        await new PageWalk(fleet.Balancer, fleet.Nodes).Run("Moving from nginx or HAProxy");
    }

    [Fact]
    public async Task LossOfABalancer_IsAsOnThePage()
    {
        await using var pair = await TwoBalancers.Start();
        await using var crowd = await pair.Gather(Users, reconnects: true);

        await new PageWalk(pair.One, pair.Nodes)
            .With("kill -9 the balancer, and start it again", async () =>
            {
                await pair.One.Kill();
                await pair.One.StartAgain();
                await pair.UntilState("ws-2", "drained");
            })
            .With("write a record that no balancer takes into Redis", async () =>
            {
                await pair.Redis.SetField("wsbalancer:state", "chat/member/ev{il}", """
                    {"cluster":"chat","kind":"member","node":"ev{il}","number":1,"writer":"x","value":null}
                    """);
                await pair.Until("it is listed", cluster => cluster["problems"]!.AsArray().Count > 0);
            })
            .Run("Several balancers, and losing one");
    }

    [Fact]
    public async Task LossOfRedis_IsAsOnThePage()
    {
        await using var pair = await TwoBalancers.Start();
        await using var crowd = await pair.Gather(Users, reconnects: true);

        await new PageWalk(pair.One, pair.Nodes)
            .With("stop Redis", async () =>
            {
                await pair.Redis.Kill();
                await Deadline.Until("its absence is known", async () =>
                    (bool?)(await pair.One.Get("/api/v1/balancers"))["shared"] is false);
            })
            .Run("Losing Redis");
    }

    private static string LogOf(Balancer balancer) => Path.Combine(balancer.Folder, "access.log");

    private static async Task RestartAsync(WsFleet fleet, int index)
    {
        await fleet.Nodes[index].Kill();
        await StartAsync(fleet, index);
    }

    private static async Task StartAsync(WsFleet fleet, int index)
    {
        var node = fleet.Nodes[index];
        await node.DisposeAsync();
        fleet.Nodes[index] = await WsNode.Start(node.Name, node.Port);
    }
}
