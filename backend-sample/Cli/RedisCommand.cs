using System.CommandLine;
using System.CommandLine.Parsing;
using System.Net;
using System.Net.Sockets;
using System.Runtime.InteropServices;
using WsBalancer.BackendSample.Redis;

namespace WsBalancer.BackendSample.Cli;

/// <summary><c>ws-node redis</c>: runs the embedded Redis, for machines without a Redis.</summary>
internal static class RedisCommand
{
    private static readonly Option<int> Port = new("--port")
    {
        Description = "The port to listen on; 0 takes a free one.",
        HelpName = "PORT",
        DefaultValueFactory = _ => 6379,
        CustomParser = ParsePort,
    };

    private static readonly Option<IPAddress> Bind = new("--bind")
    {
        Description = "The address to listen on. There is no password: keep it to this machine.",
        HelpName = "ADDRESS",
        DefaultValueFactory = _ => IPAddress.Loopback,
        CustomParser = ParseAddress,
    };

    public static Command Create()
    {
        var command = new Command(
            "redis", "Run a small Redis-compatible server in memory, for trying things out, until SIGTERM or Ctrl-C.")
        {
            Port, Bind,
        };
        command.SetAction((parsed, cancellation) => RunAsync(
            parsed.GetRequiredValue(Bind), parsed.GetValue(Port), parsed.InvocationConfiguration, cancellation));
        return command;
    }

    private static async Task<int> RunAsync(
        IPAddress address, int port, InvocationConfiguration console, CancellationToken cancellation)
    {
        var signalled = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        using var terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, Stop);
        using var interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, Stop);
        try
        {
            using var redis = EmbeddedRedis.Start(address, port);
            await console.Output.WriteLineAsync($"redis listening on {redis.Endpoint}".AsMemory(), cancellation);
            await console.Output.FlushAsync(cancellation);
            await signalled.Task.WaitAsync(cancellation);
            return ExitCode.Done;
        }
        catch (SocketException failure)
        {
            var endpoint = new IPEndPoint(address, port);
            await console.Error.WriteLineAsync($"ws-node: cannot listen on {endpoint}: {failure.Message}");
            return ExitCode.Failed;
        }

        void Stop(PosixSignalContext signal)
        {
            signal.Cancel = true;
            signalled.TrySetResult();
        }
    }

    private static int ParsePort(ArgumentResult result)
    {
        var text = result.Tokens[0].Value;
        if (int.TryParse(text, out var port) && port is >= 0 and <= IPEndPoint.MaxPort)
        {
            return port;
        }

        result.AddError($"--port: '{text}' is not a number from 0 to {IPEndPoint.MaxPort}.");
        return 0;
    }

    private static IPAddress? ParseAddress(ArgumentResult result)
    {
        var text = result.Tokens[0].Value;
        if (IPAddress.TryParse(text, out var address))
        {
            return address;
        }

        result.AddError($"--bind: '{text}' is not an IP address, such as 127.0.0.1.");
        return null;
    }
}
