using System.CommandLine;
using System.CommandLine.Help;
using WsBalancer.Cli.Commands;
using WsBalancer.Cli.Demo;
using WsBalancer.Cli.RingCompare;
using WsBalancer.Cli.Run;

namespace WsBalancer.Cli;

/// <summary>Every command of <c>wsbalancer</c>, in the order in which its help lists them.</summary>
internal static class CommandTree
{
    public const string Name = "wsbalancer";

    private const string Description = """
        Balances WebSockets over a fleet of nodes: every user stays on one node, and a change of the fleet
        moves only the users it must.

        Examples:
          wsbalancer demo                          watch it work: real nodes, real users, every claim checked
          wsbalancer run --config wsbalancer.json  balance the fleet that the file describes
          wsbalancer status                        is the balancer up, and how is its fleet
          wsbalancer nodes                         each node: share, state, health, tunnels
          wsbalancer where alice                   which node alice belongs to, where she is, and why
          wsbalancer ring compare                  every ring: how fast, how even, and what a change moves

        Exit codes: 0 done, 1 failed, 2 wrong usage or configuration, 3 the balancer cannot be reached.
        """;

    public static RootCommand Create()
    {
        var root = new RootCommand(Description);
        foreach (var command in Commands())
        {
            root.Add(command);
        }

        root.SetAction(parsed => new HelpAction().Invoke(parsed));
        return root;
    }

    private static IEnumerable<Command> Commands() =>
    [
        RunCommand.Create(),
        CheckCommand.Create(),
        DemoCommand.Create(),
        StatusCommand.Create(),
        NodesCommand.Create(),
        WhereCommand.Create(),
        RingCommand.Create(TimeProvider.System),
    ];
}
