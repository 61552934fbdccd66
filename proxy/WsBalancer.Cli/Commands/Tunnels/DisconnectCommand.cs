using System.CommandLine;
using WsBalancer.Cli.Admin;
using WsBalancer.Cli.Arguments;
using WsBalancer.Cli.Output;
using WsBalancer.Proxy.Admin.OpenTunnels;

namespace WsBalancer.Cli.Commands.Tunnels;

/// <summary><c>wsbalancer disconnect</c>: closes the tunnels of a user or a node, old ones, or one tunnel.</summary>
internal static class DisconnectCommand
{
    private static readonly Option<string?> User = new("--user")
    {
        Description = "Close all tunnels of this user, at every balancer that shares Redis",
        HelpName = "USER",
    };

    private static readonly Option<string?> Node = NodeName.Completed(new Option<string?>("--node")
    {
        Description = "Close all tunnels to this node at once; 'drain' closes them at a pace",
        HelpName = "NODE",
    });

    private static readonly ValueOption<TimeSpan> OlderThan =
        MoveOptions.Duration("--older-than", "Close those that are open for longer, such as 12h");

    private static readonly Option<string?> Tunnel = new("--tunnel")
    {
        Description = "Close this tunnel",
        HelpName = "ID",
    };

    private static readonly ValueOption<int> Code = MoveOptions.CloseCode("1012, service restart");

    public static Command Create()
    {
        var command = new OperatorCommand(
            "disconnect",
            "Close the tunnels of a user or a node, old ones, or one tunnel; the clients may connect again",
            RunAsync,
            User, Node, OlderThan, Tunnel, Code)
        {
            Examples =
            [
                "disconnect --user alice",
                "disconnect --node ws-2 --older-than 12h",
                "disconnect --tunnel 3f2a --code 1008",
            ],
        };
        command.Validators.Add(result =>
        {
            var many = result.GetResult(User) is not null || result.GetResult(Node) is not null
                || result.GetResult(OlderThan) is not null;
            if (many == result.GetResult(Tunnel) is not null)
            {
                result.AddError("Expected either --tunnel ID, or --user USER, --node NODE or --older-than TIME.");
            }
        });
        return command;
    }

    private static async Task<int> RunAsync(Operation operation, CancellationToken cancellation)
    {
        var parsed = operation.Parsed;
        var code = parsed.GetValue(Code);
        if (parsed.GetValue(Tunnel) is { } tunnel)
        {
            return await ShowAsync(
                operation, await operation.Client.DisconnectTunnelAsync(tunnel, code, cancellation), $"'{tunnel}'");
        }

        var filter = new TunnelQuery(parsed.GetValue(User), parsed.GetValue(Node), parsed.GetValue(OlderThan));
        var cluster = await operation.FindClusterAsync(cancellation);
        return await ShowAsync(
            operation, await cluster.DisconnectAsync(filter, code, cancellation), WordsOf(filter));
    }

    private static string WordsOf(TunnelQuery filter) => string.Join(
        " ",
        new[]
        {
            filter.User is { } user ? $"of {user}" : null,
            filter.Node is { } node ? $"to {node}" : null,
            filter.OlderThan is { } age ? $"older than {Amounts.Duration(age.TotalSeconds)}" : null,
        }.Where(part => part is not null));

    private static async Task<int> ShowAsync(Operation operation, Answer<DisconnectView> answer, string which)
    {
        var (closed, shared) = answer.Value;
        var others = shared is true ? "; the other balancers close theirs" : "";
        await operation.WriteAsync(
            answer, $"{Amounts.Count(closed, "tunnel")} {which} closed at this balancer{others}.");
        if (shared is false)
        {
            await operation.NoteAsync(
                "Redis is away: the other balancers did not receive it; repeat the command at each of them.");
        }

        // With Redis, the tunnels may be at another balancer.
        return closed is 0 && shared is not true ? ExitCode.Failed : ExitCode.Done;
    }
}
