using System.CommandLine;
using WsBalancer.Cli.Admin;
using WsBalancer.Cli.Arguments;
using WsBalancer.Cli.Output;

namespace WsBalancer.Cli.Commands.Tunnels;

/// <summary><c>wsbalancer tunnels</c>: the live tunnels of one balancer, the oldest first.</summary>
internal static class TunnelsCommand
{
    private const int StandardLimit = 50;
    private const int MostAtOnce = 10_000;

    // As in ls and ps: a column that is empty would shift the others of an awk.
    private const string Nobody = "-";

    private static readonly Option<string?> User = new("--user")
    {
        Description = "Only those of this user",
        HelpName = "USER",
    };

    private static readonly Option<string?> Node = new("--node")
    {
        Description = "Only those to this node",
        HelpName = "NODE",
    };

    private static readonly ValueOption<TimeSpan> OlderThan =
        MoveOptions.Duration("--older-than", "Only those that are open for longer, such as 1h");

    private static readonly Option<int> Limit =
        WholeNumberOption.Create("--limit", "How many at most", StandardLimit, 1, MostAtOnce);

    public static Command Create() => new OperatorCommand(
        "tunnels",
        "List live tunnels of this balancer, the oldest first: user, node, age, traffic",
        RunAsync,
        User, Node, OlderThan, Limit)
    {
        Examples = ["tunnels --user alice", "tunnels --node ws-2 --older-than 1h"],
    };

    private static async Task<int> RunAsync(Operation operation, CancellationToken cancellation)
    {
        var parsed = operation.Parsed;
        var filter = new TunnelFilter(
            parsed.GetValue(User), parsed.GetValue(Node), parsed.GetValue(OlderThan), parsed.GetValue(Limit));
        var cluster = await operation.FindClusterAsync(cancellation);
        var answer = await cluster.ListTunnelsAsync(filter, cancellation);
        if (operation.Settings.Json)
        {
            await operation.WriteAsync(answer);
            return ExitCode.Done;
        }

        TableOf(answer.Value).Write(operation.Output);
        if (answer.Value.Count == filter.Limit)
        {
            await operation.NoteAsync($"The list ends at --limit {filter.Limit}: there may be more.");
        }

        return ExitCode.Done;
    }

    private static TextTable TableOf(IEnumerable<LiveTunnelAnswer> tunnels)
    {
        var table = new TextTable(
            new Column("TUNNEL"),
            new Column("USER"),
            new Column("NODE"),
            new Column("AGE", IsNumber: true),
            new Column("IDLE", IsNumber: true),
            new Column("FROM CLIENT", IsNumber: true),
            new Column("FROM NODE", IsNumber: true),
            new Column("PATH"),
            new Column("MISPLACED"));
        foreach (var tunnel in tunnels)
        {
            table.AddRow(
                tunnel.Id,
                tunnel.User ?? Nobody,
                tunnel.Node,
                Amounts.Duration(tunnel.AgeSeconds),
                Amounts.Duration(Math.Min(tunnel.IdleClientSeconds, tunnel.IdleNodeSeconds)),
                Amounts.Bytes(tunnel.BytesFromClient),
                Amounts.Bytes(tunnel.BytesFromNode),
                tunnel.Path ?? "",
                tunnel.Misplaced ? "yes" : "no");
        }

        return table;
    }
}
