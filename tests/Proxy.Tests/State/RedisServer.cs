using System.ComponentModel;
using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using StackExchange.Redis;

namespace WsBalancer.Proxy.Tests.State;

/// <summary>A real redis-server on a free port, which can be killed and restarted with its data or without.</summary>
internal sealed class RedisServer : IAsyncDisposable
{
    private static int Servers;

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("wsbalancer-redis-");
    private readonly IPEndPoint _endpoint;
    private Process? _process;
    private ConnectionMultiplexer? _connection;

    private RedisServer(IPEndPoint endpoint) => _endpoint = endpoint;

    public string Address => _endpoint.ToString();

    public IDatabase Database => _connection!.GetDatabase();

    private string Snapshot => Path.Combine(_folder.FullName, "dump.rdb");

    /// <summary>A server that has an address but does not run yet.</summary>
    public static RedisServer Away() => new(FreeEndpoint());

    public static async Task<RedisServer> StartAsync()
    {
        var server = Away();
        await server.ResumeAsync();
        return server;
    }

    /// <summary>Saves the data for <see cref="ResumeAsync"/>.</summary>
    public Task SaveAsync() => Database.ExecuteAsync("SAVE");

    public void Kill()
    {
        if (_process is not null)
        {
            _process.Kill();
            _process.WaitForExit();
            _process.Dispose();
            _process = null;
        }
    }

    /// <summary>Starts with the data that was saved last; without data if <paramref name="isEmpty"/>.</summary>
    public async Task ResumeAsync(bool isEmpty = false)
    {
        if (isEmpty)
        {
            File.Delete(Snapshot);
        }

        try
        {
            _process = Process.Start(new ProcessStartInfo("redis-server",
            [
                "--bind", _endpoint.Address.ToString(),
                "--port", _endpoint.Port.ToString(CultureInfo.InvariantCulture),
                "--protected-mode", "no",
                "--save", "",
                "--appendonly", "no",
                "--dir", _folder.FullName,
            ])
            {
                RedirectStandardOutput = true,
            })!;
            _process.BeginOutputReadLine();
        }
        catch (Win32Exception missing)
        {
            throw new InvalidOperationException(
                "These tests need the program redis-server on the PATH: apt-get install redis-server.", missing);
        }

        await Deadline.Until($"redis-server answers at {_endpoint}", AnswersAsync);
    }

    /// <summary>Stops the process: connections stay open, and no command receives a reply.</summary>
    public Task FreezeAsync() => SignalAsync("STOP");

    public Task ThawAsync() => SignalAsync("CONT");

    public async ValueTask DisposeAsync()
    {
        if (_connection is not null)
        {
            await _connection.DisposeAsync();
        }

        Kill();
        _folder.Delete(recursive: true);
    }

    // Each server has an address of its own, so that no other program can take the port while it is down.
    private static IPEndPoint FreeEndpoint()
    {
        var (process, number) = (Environment.ProcessId, Interlocked.Increment(ref Servers));
        var address = OperatingSystem.IsLinux()
            ? new IPAddress([127, (byte)(128 | (process >> 8)), (byte)process, (byte)number])
            : IPAddress.Loopback;
        using var listener = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        listener.Bind(new IPEndPoint(address, 0));
        return (IPEndPoint)listener.LocalEndPoint!;
    }

    private async Task SignalAsync(string signal)
    {
        using var kill = Process.Start("/bin/sh", ["-c", $"kill -{signal} {_process!.Id}"]);
        await kill.WaitForExitAsync(TestContext.Current.CancellationToken);
    }

    private async Task<bool> AnswersAsync()
    {
        try
        {
            _connection ??= await ConnectionMultiplexer.ConnectAsync(
                $"{_endpoint},connectTimeout=1000,allowAdmin=true");
            await _connection.GetDatabase().PingAsync();
            return true;
        }
        catch (Exception ex) when (ex is RedisException or TimeoutException)
        {
            return false;
        }
    }
}
