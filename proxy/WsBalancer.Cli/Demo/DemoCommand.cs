using System.CommandLine;
using WsBalancer.Cli.Arguments;
using WsBalancer.Cli.Output;

namespace WsBalancer.Cli.Demo;

/// <summary>
/// <c>wsbalancer demo</c>: demonstrates the promises of the balancer with real processes, and checks them.
/// </summary>
internal static class DemoCommand
{
    // After a crash the users need another node. A laptop can run about sixteen .NET processes.
    private const int FewestNodes = 2;
    private const int MaxNodes = 16;

    // With fewer users a node may have none by chance, and the claims about the node would prove nothing.
    private const int FewestUsersOfANode = 20;

    // Each user takes one socket in this process and two in the balancer.
    private const int MaxUsers = 2_000;

    public static Command Create()
    {
        var nodes = WholeNumberOption.Create("--nodes", "How many nodes to start with", 3, FewestNodes, MaxNodes);
        var users = WholeNumberOption.Create(
            "--users",
            $"How many users connect, at least {FewestUsersOfANode} for each node",
            200,
            FewestNodes * FewestUsersOfANode,
            MaxUsers);

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
