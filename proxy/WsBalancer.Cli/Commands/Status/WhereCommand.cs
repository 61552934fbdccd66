using System.CommandLine;
using WsBalancer.Cli.Output;
using WsBalancer.Proxy.Admin.Clusters;

namespace WsBalancer.Cli.Commands.Status;

/// <summary><c>wsbalancer where USER</c>: shows the nodes of a user, the user's live tunnels, and the reason.</summary>
internal static class WhereCommand
{
    private static readonly Argument<string> User = new("USER")
    {
        Description = "The user id as the nodes know it, or, if the ring is not rendezvous, undecoded as in "
            + "requests; an id that begins with '-' must follow '--'",
    };

    public static Command Create()
    {
        var command = new OperatorCommand(
            "where",
            "Show a user's owner, home, order and live tunnels, and why",
            RunAsync,
            User)
        {
            Examples = ["where alice", "where --json alice", "where -- --bob"],
        };
        command.Validators.Add(result =>
        {
            if (result.GetValue(User) is "")
            {
                result.AddError("USER is empty: expected a user id.");
            }
        });
        return command;
    }

    private static async Task<int> RunAsync(Operation operation, CancellationToken cancellation)
    {
        var cluster = await operation.FindClusterAsync(cancellation);
        var answer = await cluster.FindOwnerAsync(operation.Parsed.GetRequiredValue(User), cancellation);

        await operation.WriteAsync(answer, Lines(answer.Value));
        if (!operation.Settings.IsDocument && answer.Value.Tunnels.Count > 0)
        {
            TableOf(answer.Value.Tunnels).Write(operation.Output);
        }

        return ExitCode.Done;
    }

    private static IEnumerable<string> Lines(OwnerView answer) =>
    [
        $"user     {answer.User}",
        $"owner    {answer.Owner ?? "none"}",
        $"home     {answer.Home ?? "none"}",
        $"now      {answer.Node ?? "none"}",
        $"order    {string.Join(", ", answer.Order)}",
        $"ring     {RingOf(answer)}",
        $"tunnels  {TunnelsOf(answer)}",
        $"why      {answer.Reason}",
    ];

    private static string RingOf(OwnerView answer) => answer switch
    {
        { Ring: null } => "none",
        { RingKey: { } key } => $"{answer.Ring.Algorithm}, which knows {answer.Owner} as {key}",
        _ => answer.Ring.Algorithm,
    };

    private static string TunnelsOf(OwnerView answer)
    {
        var misplaced = answer.Tunnels.Count(tunnel => tunnel.Misplaced);
        return (answer.Tunnels.Count, misplaced) switch
        {
            (0, _) => "none is open at this balancer",
            (var open, 0) => $"{open} open, {(open is 1 ? "at home" : "all at home")}",
            var (open, away) => $"{open} open, {away} misplaced (its node is not the user's home)",
        };
    }

    private static TextTable TableOf(IEnumerable<OwnedTunnelView> tunnels)
    {
        var table = new TextTable(
            new Column("TUNNEL"),
            new Column("NODE", IsCut: true),
            new Column("OPENED", Drop: 1),
            new Column("MISPLACED"));

        foreach (var tunnel in tunnels)
        {
            table.AddRow(
                tunnel.Id, tunnel.Node, Amounts.Time(tunnel.OpenedAt), tunnel.Misplaced ? "yes" : "no");
        }

        return table;
    }
}
