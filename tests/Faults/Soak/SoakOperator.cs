using System.Globalization;
using WsBalancer.EndToEnd.Tests.Fixtures;
using WsBalancer.EndToEnd.Tests.Processes;

namespace WsBalancer.Faults.Tests.Soak;

/// <summary>
/// The faults and operations of a soak, one after the other in a random order. After each of them the fleet is as
/// before, and the placements of some users are compared with the admin API.
/// </summary>
internal sealed class SoakOperator(Balancer balancer, WsNode[] nodes, WsNode spare, int seed, SoakCounts counts)
{
    private const int Compared = 25;
    private static readonly TimeSpan Between = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan Hang = TimeSpan.FromSeconds(8);

#pragma warning disable CA5394 // Random numbers of a test, with a seed, so that a run can be repeated.
    private readonly Random _random = new(seed);

    public async Task RunAsync(CancellationToken stop)
    {
        (string Name, Func<Task> Do)[] operations =
        [
            ("kill and restart a node", KillAsync),
            ("stop and continue a node", StopAsync),
            ("drain and resume", DrainAsync),
            ("add and remove a node", AddAsync),
            ("change a weight and rebalance", WeightAsync),
            ("reload", ReloadAsync),
            ("disconnect a user", DisconnectAsync),
        ];
        while (!stop.IsCancellationRequested)
        {
            var (name, operation) = operations[_random.Next(operations.Length)];
            await operation();
            counts.Operated(name);
            await UntilCalmAsync();
            await CompareAsync();
            await Task.Delay(Between, TimeProvider.System, stop).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private int AnyNode() => _random.Next(nodes.Length);
#pragma warning restore CA5394

    private async Task KillAsync()
    {
        var number = AnyNode();
        await nodes[number].Kill();
        await balancer.UntilHealth(nodes[number].Name, "unhealthy");
        nodes[number] = await WsNode.Start(nodes[number].Name, nodes[number].Port);
    }

    private async Task StopAsync()
    {
        var node = nodes[AnyNode()];
        node.Process.Send(Signal.Stop);
        await Task.Delay(Hang, TimeProvider.System, TestContext.Current.CancellationToken);
        node.Process.Send(Signal.Continue);
    }

    private async Task DrainAsync()
    {
        var name = nodes[AnyNode()].Name;
        await Succeed("drain", name, "--rate", "100/s", "--deadline", "20s", "--wait");
        await Succeed("resume", name);
    }

    private async Task AddAsync()
    {
        await Succeed("add", "--yes", $"{spare.Name}=http://127.0.0.1:{spare.Port}");
        await balancer.UntilHealth(spare.Name, "healthy");
        await Succeed("rebalance", "--rate", "200/s");
        await Succeed("remove", "--yes", spare.Name, "--drain");
        await balancer.Until("the spare node has left", cluster => cluster["nodes"]!.AsArray()
            .All(node => (string?)node!["id"] != spare.Name));
    }

    private async Task WeightAsync()
    {
        var name = nodes[AnyNode()].Name;
        await Succeed("weight", "--yes", $"{name}=2");
        await Succeed("rebalance", "--rate", "200/s");
        await Succeed("weight", "--yes", $"{name}=1");
        await Succeed("rebalance", "--rate", "200/s");
    }

    private Task ReloadAsync()
    {
        balancer.Process.Send(Signal.Hangup);
        return Task.CompletedTask;
    }

    private Task DisconnectAsync() => Succeed(
        "disconnect", "--user", string.Create(CultureInfo.InvariantCulture, $"soak-{AnyNode()}"));

    private async Task Succeed(params string[] arguments)
    {
        var result = await balancer.Command(arguments);

        // Exit code 1: not all tunnels were moved in time, because users connect all the time.
        Assert.True(result.Code is 0 or 1, $"{string.Join(' ', arguments)}: {result.Output}");
    }

    private Task UntilCalmAsync() => balancer.Until("the fleet is as before", static cluster =>
        cluster["nodes"]!.AsArray().All(static node =>
            (string?)node!["health"] == "healthy" && (string?)node["state"] == "active"));

    private async Task CompareAsync()
    {
        for (var i = 0; i < Compared; i++)
        {
            var user = string.Create(CultureInfo.InvariantCulture, $"compared-{counts["placements compared"]}");
            var owner = (string?)(await balancer.Owner(user))["node"];
            counts.Compared();
            if (await balancer.Visit(user) != owner)
            {
                counts.Misrouted();
            }
        }
    }
}
