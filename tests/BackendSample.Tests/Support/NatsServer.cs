using System.ComponentModel;
using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace WsBalancer.BackendSample.Tests.Support;

/// <summary>A real nats-server on a free port.</summary>
internal sealed class NatsServer : IAsyncDisposable
{
    // Debian has servers in a folder that is not on every path.
    private const string Debian = "/usr/sbin/nats-server";

    private ServerProcess? _process;

    private NatsServer(IPEndPoint endpoint) => Endpoint = endpoint;

    public IPEndPoint Endpoint { get; }

    public static async Task<NatsServer> StartAsync()
    {
        var server = new NatsServer(OwnAddress.Find());
        await server.ResumeAsync();
        return server;
    }

    public void Kill()
    {
        _process?.Dispose();
        _process = null;
    }

    /// <summary>Starts the server, or restarts it on the same port.</summary>
    public async Task ResumeAsync()
    {
        try
        {
            _process = ServerProcess.Start(
                File.Exists(Debian) ? Debian : "nats-server",
                "--addr", Endpoint.Address.ToString(),
                "--port", Endpoint.Port.ToString(CultureInfo.InvariantCulture));
        }
        catch (Win32Exception missing)
        {
            throw new InvalidOperationException(
                "These tests need the program nats-server on the PATH: apt-get install nats-server.", missing);
        }

        await Deadline.UntilAsync(AnswersAsync, $"nats-server answers at {Endpoint}");
    }

    /// <summary>Stops the process with SIGSTOP: connections stay open and nothing is answered.</summary>
    public Task HangAsync() => _process!.SignalAsync("STOP");

    /// <summary>Continues the process after <see cref="HangAsync"/>.</summary>
    public Task WakeAsync() => _process!.SignalAsync("CONT");

    public ValueTask DisposeAsync()
    {
        Kill();
        return ValueTask.CompletedTask;
    }

    private async Task<bool> AnswersAsync()
    {
        try
        {
            using var client = new TcpClient();
            await client.ConnectAsync(Endpoint, Deadline.Token);
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }
}
