using System.CommandLine;
using WsBalancer.Cli.Admin;
using WsBalancer.Cli.Arguments;
using WsBalancer.Cli.Output;

namespace WsBalancer.Cli.Commands.Tunnels;

/// <summary><c>wsbalancer disconnect</c>: closes a user's tunnels, or one tunnel.</summary>
internal static class DisconnectCommand
{
    private static readonly Option<string?> User = new("--user")
    {
        Description = "Close all tunnels of this user, at every balancer that shares Redis",
        HelpName = "USER",
    };

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
            "Close the tunnels of a user, or one tunnel; the client may connect again",
            RunAsync,
            User, Tunnel, Code)
        {
            Examples = ["disconnect --user alice", "disconnect --tunnel 3f2a --code 1008"],
        };
        command.Validators.Add(result =>
        {
            if (result.GetResult(User) is null == result.GetResult(Tunnel) is null)
            {
                result.AddError("Expected either --user USER or --tunnel ID.");
            }
        });
        return command;
    }

    private static async Task<int> RunAsync(Operation operation, CancellationToken cancellation)
    {
        var parsed = operation.Parsed;
        var code = parsed.GetValue(Code);
        if (parsed.GetValue(User) is { } user)
        {
            var cluster = await operation.FindClusterAsync(cancellation);
            return await ShowAsync(
                operation, await cluster.DisconnectUserAsync(user, code, cancellation), $" of {user}");
        }

        var tunnel = parsed.GetValue(Tunnel)!;
        return await ShowAsync(
            operation, await operation.Client.DisconnectTunnelAsync(tunnel, code, cancellation), "");
    }

    private static async Task<int> ShowAsync(Operation operation, Answer<DisconnectAnswer> answer, string whose)
    {
        var (closed, shared) = answer.Value;
        var others = shared is true ? "; the other balancers are told to close theirs" : "";
        await operation.WriteAsync(
            answer, $"{Amounts.Count(closed, "tunnel")}{whose} closed at this balancer{others}.");
        if (shared is false)
        {
            await operation.NoteAsync("Redis is away: the other balancers were not told; ask each of them.");
        }

        // Whoever it was may be at one of the others.
        return closed is 0 && shared is false ? ExitCode.Failed : ExitCode.Done;
    }
}
