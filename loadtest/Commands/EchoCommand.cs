using System.CommandLine;
using System.CommandLine.Parsing;
using System.Net;
using System.Net.Sockets;
using WsBalancer.LoadTest.Echo;
using static WsBalancer.LoadTest.Commands.OptionValues;

namespace WsBalancer.LoadTest.Commands;

/// <summary><c>wsload echo</c>: the server behind the proxies that are measured.</summary>
internal static class EchoCommand
{
    public static Command Create()
    {
        var listen = new Option<IPEndPoint>("--listen")
        {
            Description = "Where to listen: ws://IP:PORT, port 0 for a free one. Any path is taken.",
            HelpName = "URL",
            DefaultValueFactory = _ => new IPEndPoint(IPAddress.Loopback, 9000),
            CustomParser = ParseListen,
        };
        var command = new Command("echo", "Send every WebSocket message back, until SIGINT or SIGTERM.") { listen };
        command.SetAction((parsed, _) => RunAsync(parsed.GetRequiredValue(listen), parsed.InvocationConfiguration));
        return command;
    }

    private static async Task<int> RunAsync(IPEndPoint listen, InvocationConfiguration streams)
    {
        if (!OperatingSystem.IsLinux())
        {
            await streams.Error.WriteLineAsync("wsload echo waits for its sockets with epoll, which Linux has.");
            return ExitCode.Usage;
        }

        using var signals = new StopSignals();
        try
        {
            using var server = new EchoServer(listen);
            await streams.Output.WriteLineAsync($"Echoing at {server.Address}");
            await streams.Output.FlushAsync();
            server.Run(signals.Requested);
            return ExitCode.Success;
        }
        catch (SocketException failure)
        {
            await streams.Error.WriteLineAsync($"Cannot listen at {listen}: {failure.Message}.");
            return ExitCode.Failed;
        }
    }

    private static IPEndPoint? ParseListen(ArgumentResult result) =>
        Uri.TryCreate(Text(result), UriKind.Absolute, out var uri) && uri.Scheme == "ws"
        && IPAddress.TryParse(uri.DnsSafeHost == "localhost" ? "127.0.0.1" : uri.DnsSafeHost, out var address)
            ? new IPEndPoint(address, uri.Port)
            : Refuse<IPEndPoint>(result, "ws://IP:PORT, such as ws://127.0.0.1:9000");
}
