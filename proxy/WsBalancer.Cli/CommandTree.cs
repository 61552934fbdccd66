using System.CommandLine;
using WsBalancer.Cli.Commands.Draining;
using WsBalancer.Cli.Commands.FleetChanges;
using WsBalancer.Cli.Commands.Live;
using WsBalancer.Cli.Commands.Rebalancing;
using WsBalancer.Cli.Commands.Status;
using WsBalancer.Cli.Commands.Tunnels;
using WsBalancer.Cli.Demo;
using WsBalancer.Cli.Help;
using WsBalancer.Cli.RingCompare;
using WsBalancer.Cli.Run;

namespace WsBalancer.Cli;

/// <summary>Every command of <c>wsbalancer</c>, in the order in which its help lists them.</summary>
internal static class CommandTree
{
    private const string Summary = """
        Balances WebSockets over a fleet of nodes: every user stays on one node, and a change of the fleet
        moves only the users it must.
        """;

    private const string Examples = """
          wsbalancer demo                          watch it work: real nodes, real users, every claim checked
          wsbalancer run --config wsbalancer.json  balance the fleet that the file describes
          wsbalancer status                        is the balancer up, and how is its fleet
          wsbalancer nodes                         each node: share, state, health, tunnels
          wsbalancer where alice                   which node alice belongs to, where she is, and why
          wsbalancer drain ws-2 --wait             take a node out of service, and wait until it is empty
          wsbalancer plan --remove ws-3            what a change would move, before it is made
          wsbalancer rebalance --wait              bring misplaced users home, at a pace
          wsbalancer events                        follow what happens
          wsbalancer ring compare                  every ring: how fast, how even, and what a change moves
        """;

    private const string ExitCodes = """
        Exit codes: 0 done, 1 failed, 2 wrong usage or configuration, 3 the balancer cannot be reached,
        130 and 143 interrupted by Ctrl-C and SIGTERM before the end; what only follows ends with 0.
        NO_COLOR=1 leaves colours out.
        """;

    /// <param name="time">The clock of commands that wait or measure.</param>
    public static RootCommand Create(TimeProvider time)
    {
        var root = new RootCommand($"{Summary}\n\nExamples:\n{Examples}\n\n{ExitCodes}");
        foreach (var command in Commands(time))
        {
            root.Add(command);
        }

        ExamplesHelp.AddTo(root);
        root.Add(CompletionCommand.Create());
        root.Add(ManCommand.Create(root, new ManText(Summary, Examples, ExitCodes)));
        root.Add(HelpCommand.Create(root));
        root.Add(HelpCommand.CreateVersion(root));
        root.Options.OfType<VersionOption>().Single().Aliases.Add("-v");
        root.SetAction(parsed => new ExamplesHelp().Invoke(parsed));
        return root;
    }

    private static IEnumerable<Command> Commands(TimeProvider time) =>
    [
        RunCommand.Create(),
        CheckCommand.Create(),
        DemoCommand.Create(),
        StatusCommand.Create(),
        BalancersCommand.Create(),
        NodesCommand.Create(time),
        WhereCommand.Create(),
        TunnelsCommand.Create(),
        TopCommand.Create(time),
        EventsCommand.Create(time),
        CordonCommand.Create(),
        ResumeCommand.CreateUncordon(time),
        DrainCommand.Create(time),
        ResumeCommand.Create(time),
        WaitCommand.Create(time),
        PlanCommand.Create(),
        AddCommand.Create(time),
        RemoveCommand.Create(time),
        WeightCommand.Create(),
        RebalanceCommand.Create(time),
        BlendCommand.Create(),
        ReloadCommand.Create(),
        ConfigCommand.Create(),
        DisconnectCommand.Create(),
        RingCommand.Create(time),
    ];
}
