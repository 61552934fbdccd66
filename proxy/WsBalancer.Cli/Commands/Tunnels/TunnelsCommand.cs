using System.CommandLine;
using Spectre.Console;
using WsBalancer.Cli.Admin;
using WsBalancer.Cli.Arguments;
using WsBalancer.Cli.Output;
using WsBalancer.Proxy.Admin.OpenTunnels;

namespace WsBalancer.Cli.Commands.Tunnels;

/// <summary><c>wsbalancer tunnels</c>: the live tunnels of one balancer, the oldest first.</summary>
internal static class TunnelsCommand
{
    private const int StandardLimit = 50;
    private const int MaxListed = 10_000;

    // As in ls and ps: with an empty cell, awk would read the next column in its place.
    private const string None = "-";

    private static readonly Option<string?> User = new("--user")
    {
        Description = "Only those of this user",
        HelpName = "USER",
    };

    private static readonly Option<string?> Node = NodeName.Completed(new Option<string?>("--node")
    {
        Description = "Only those to this node",
        HelpName = "NODE",
    });

    private static readonly Option<string?> Client = new("--client")
    {
        Description = "Only those of clients with this address, or in this network",
        HelpName = "ADDRESS",
    };

    private static readonly Option<string?> Sort = new("--sort")
    {
        Description = "The order, highest first: age, idle or bytes [default: age]",
        HelpName = "ORDER",
    };

    private static readonly ValueOption<TimeSpan> OlderThan =
        MoveOptions.Duration("--older-than", "Only those that are open for longer, such as 1h");

    private static readonly Option<int> Limit =
        WholeNumberOption.Create("--limit", "How many at most", StandardLimit, 1, MaxListed);

    public static Command Create()
    {
        Sort.AcceptOnlyFromAmong("age", "idle", "bytes");
        return new OperatorCommand(
            "tunnels",
            "List live tunnels of this balancer: user, node, client, age, traffic",
            RunAsync,
            User, Node, Client, OlderThan, Sort, Limit)
        {
            HasNames = true,
            Examples =
            [
                "tunnels --user alice",
                "tunnels --node ws-2 --older-than 1h",
                "tunnels --client 10.1.0.0/16 --sort bytes --limit 10",
            ],
        };
    }

    private static async Task<int> RunAsync(Operation operation, CancellationToken cancellation)
    {
        var parsed = operation.Parsed;
        var filter = new TunnelQuery(
            parsed.GetValue(User),
            parsed.GetValue(Node),
            parsed.GetValue(OlderThan),
            parsed.GetValue(Limit),
            parsed.GetValue(Client),
            parsed.GetValue(Sort));
        var cluster = await operation.FindClusterAsync(cancellation);
        var answer = await cluster.ListTunnelsAsync(filter, cancellation);
        await operation.WriteListAsync(
            answer,
            answer.Value.Select(tunnel => tunnel.Id),
            () => TableOf(answer.Value).Write(operation.Output));
        if (answer.Value.Length == filter.Limit && !operation.Settings.IsDocument)
        {
            await operation.NoteAsync($"The list ends at --limit {filter.Limit}: there may be more.");
        }

        return ExitCode.Done;
    }

    private static TextTable TableOf(IEnumerable<TunnelView> tunnels)
    {
        var table = new TextTable(
            new Column("TUNNEL"),
            new Column("USER", IsCut: true),
            new Column("NODE", IsCut: true),
            new Column("CLIENT", Drop: 1, IsCut: true),
            new Column("AGE", IsNumber: true),
            new Column("IDLE", IsNumber: true, Drop: 2),
            new Column("FROM CLIENT", IsNumber: true, Drop: 4),
            new Column("FROM NODE", IsNumber: true, Drop: 4),
            new Column("REQUEST", Drop: 3, IsCut: true),
            new Column("PROTOCOL", Drop: 6),
            new Column("PATH", Drop: 7),
            new Column("MISPLACED", Drop: 5, Colour: answer => answer is "yes" ? Color.Yellow : null));
        foreach (var tunnel in tunnels)
        {
            table.AddRow(
                tunnel.Id,
                tunnel.User ?? None,
                tunnel.Node,
                tunnel.Client ?? None,
                Amounts.Duration(tunnel.AgeSeconds),
                Amounts.Duration(Math.Min(tunnel.IdleClientSeconds, tunnel.IdleNodeSeconds)),
                Amounts.Bytes(tunnel.BytesFromClient),
                Amounts.Bytes(tunnel.BytesFromNode),
                tunnel.RequestPath ?? None,
                tunnel.Protocol ?? None,
                tunnel.Path ?? None,
                tunnel.Misplaced ? "yes" : "no");
        }

        return table;
    }
}
