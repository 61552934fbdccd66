using System.CommandLine;
using WsBalancer.Cli.Arguments;
using WsBalancer.Cli.Output;

namespace WsBalancer.Cli.Demo;

/// <summary><c>wsbalancer demo</c>: shows on real processes what the balancer promises, and checks it.</summary>
internal static class DemoCommand
{
    // A resize and a crash need somewhere else to go; sixteen .NET processes are what a laptop bears.
    private const int FewestNodes = 2;
    private const int MostNodes = 16;

    // With fewer, chance alone may leave a node without any user, and then there is nothing to show of it.
    private const int FewestUsersOfANode = 20;

    // Each user is a socket here and two in the balancer.
    private const int MostUsers = 2_000;

    public static Command Create()
    {
        var nodes = WholeNumberOption.Create("--nodes", "How many nodes to start with", 3, FewestNodes, MostNodes);
        var users = WholeNumberOption.Create(
            "--users",
            $"How many users connect, at least {FewestUsersOfANode} for each node",
            200,
            FewestNodes * FewestUsersOfANode,
            MostUsers);

        var keep = new Option<bool>("--keep")
        {
            Description = "Without the story: keep the fleet and users that reconnect until Ctrl-C, to try commands",
        };
        var command = new Command("demo", "Watch it work: Redis, nodes, users and the balancer, every claim checked")
        {
            nodes,
            users,
            keep,
        };
        command.SetAction((parsed, cancellation) => new DemoRun(
            SettingsOf(parsed.GetValue(nodes), parsed.GetValue(users)) with { Keep = parsed.GetValue(keep) },
            CommandOutput.Of(parsed.InvocationConfiguration),
            new VisibleWriter(parsed.InvocationConfiguration.Error),
            TimeProvider.System).RunAsync(cancellation));

        return command;
    }

    private static DemoSettings SettingsOf(int nodes, int users) => users >= nodes * FewestUsersOfANode
        ? new DemoSettings(nodes, users)
        : throw new CommandFailure(
            ExitCode.Usage,
            $"{users} users are too few for {nodes} nodes: --users takes at least {nodes * FewestUsersOfANode} then.");
}
