using System.ComponentModel;
using System.Globalization;
using System.Net;
using StackExchange.Redis;

namespace WsBalancer.BackendSample.Tests.Support;

/// <summary>A real redis-server on a free port, whose files are deleted after the test.</summary>
internal sealed class RedisServer : IAsyncDisposable
{
    private readonly DirectoryInfo _directory = Directory.CreateTempSubdirectory("ws-node-redis-");
    private readonly DirectoryInfo _saved = Directory.CreateTempSubdirectory("ws-node-redis-");
    private readonly bool _isDurable;
    private ServerProcess? _process;

    private RedisServer(IPEndPoint endpoint, bool isDurable)
    {
        Endpoint = endpoint;
        _isDurable = isDurable;
    }

    public IPEndPoint Endpoint { get; }

    public static Task<RedisServer> StartAsync() => StartAsync(isDurable: false);

    /// <summary>Starts a server that writes each change to its disk before it replies.</summary>
    public static Task<RedisServer> StartDurableAsync() => StartAsync(isDurable: true);

    private static async Task<RedisServer> StartAsync(bool isDurable)
    {
        var server = new RedisServer(OwnAddress.Find(), isDurable);
        await server.ResumeAsync();
        return server;
    }

    public void Kill()
    {
        _process?.Dispose();
        _process = null;
    }

    /// <summary>Copies the files of a server that has written each change to them.</summary>
    public void Save() => Copy(_directory.FullName, _saved.FullName);

    /// <summary>Kills the server, and undoes all changes since <see cref="Save"/>.</summary>
    public void KillAndUndo()
    {
        Kill();
        _directory.Delete(recursive: true);
        Copy(_saved.FullName, _directory.FullName);
    }

    /// <summary>Stops the process with SIGSTOP: connections stay open and nothing is answered.</summary>
    public Task HangAsync() => _process!.SignalAsync("STOP");

    /// <summary>Continues the process after <see cref="HangAsync"/>.</summary>
    public Task WakeAsync() => _process!.SignalAsync("CONT");

    /// <summary>Starts the server, or restarts it on the same port.</summary>
    public async Task ResumeAsync()
    {
        try
        {
            _process = ServerProcess.Start(
                "redis-server",
                "--bind", Endpoint.Address.ToString(),
                "--port", Endpoint.Port.ToString(CultureInfo.InvariantCulture),
                "--protected-mode", "no",
                "--save", "",
                "--appendonly", _isDurable ? "yes" : "no",
                "--appendfsync", "always",
                "--dir", _directory.FullName);
        }
        catch (Win32Exception missing)
        {
            throw new InvalidOperationException(
                "These tests need the program redis-server on the PATH: apt-get install redis-server.", missing);
        }

        await Deadline.UntilAsync(AnswersAsync, $"redis-server answers at {Endpoint}");
    }

    /// <summary>The number of connections that subscribe to the channel.</summary>
    public async Task<long> CountSubscribersAsync(string channel)
    {
        await using var redis = await ConnectionMultiplexer.ConnectAsync($"{Endpoint},allowAdmin=true");
        return await redis.GetServer(Endpoint).SubscriptionSubscriberCountAsync(RedisChannel.Literal(channel));
    }

    /// <summary>The number of bytes that were sent to clients.</summary>
    public async Task<long> CountSentBytesAsync()
    {
        await using var redis = await ConnectionMultiplexer.ConnectAsync($"{Endpoint},allowAdmin=true");
        var stats = (await redis.GetServer(Endpoint).InfoAsync("stats")).SelectMany(section => section);
        return long.Parse(
            stats.Single(pair => pair.Key == "total_net_output_bytes").Value, CultureInfo.InvariantCulture);
    }

    /// <summary>Closes the connections on which nodes subscribe, on the side of the server.</summary>
    public Task DropSubscribersAsync() => DropClientsAsync(":channels");

    /// <summary>Closes the connections whose name has this end, on the side of the server.</summary>
    public async Task DropClientsAsync(string nameEnd)
    {
        await using var redis = await ConnectionMultiplexer.ConnectAsync($"{Endpoint},allowAdmin=true");
        var server = redis.GetServer(Endpoint);
        foreach (var client in await server.ClientListAsync())
        {
            if (client.Name?.EndsWith(nameEnd, StringComparison.Ordinal) is true)
            {
                await server.ClientKillAsync(client.Id);
            }
        }
    }

    public ValueTask DisposeAsync()
    {
        Kill();
        _directory.Delete(recursive: true);
        _saved.Delete(recursive: true);
        return ValueTask.CompletedTask;
    }

    private static void Copy(string from, string to)
    {
        foreach (var file in Directory.EnumerateFiles(from, "*", SearchOption.AllDirectories))
        {
            var target = Path.Combine(to, Path.GetRelativePath(from, file));
            Directory.CreateDirectory(Path.GetDirectoryName(target)!);
            File.Copy(file, target);
        }
    }

    private async Task<bool> AnswersAsync()
    {
        try
        {
            await using var redis = await ConnectionMultiplexer.ConnectAsync($"{Endpoint},connectTimeout=1000");
            return true;
        }
        catch (RedisConnectionException)
        {
            return false;
        }
    }
}
