using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;
using WsBalancer.EndToEnd.Tests.Interop;
using WsBalancer.EndToEnd.Tests.Processes;

namespace WsBalancer.EndToEnd.Tests.Fixtures;

/// <summary>A real redis-server, which can be killed and restarted without its data.</summary>
internal sealed class RedisServer : IAsyncDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("wsbalancer-redis-");
    private readonly IPEndPoint _endpoint = LoopbackAddress.NextFree();
    private RunningProcess? _process;

    public string Address => _endpoint.ToString();

    public static async Task<RedisServer> Start()
    {
        var server = new RedisServer();
        await server.StartEmpty();
        return server;
    }

    public async Task Kill()
    {
        _process!.Send(Signal.Kill);
        await _process.ExitCode();
        await _process.DisposeAsync();
    }

    /// <summary>Stops the process: connections stay open, and no command receives a reply.</summary>
    public void Hang() => _process!.Send(Signal.Stop);

    /// <summary>Continues the process after <see cref="Hang"/>.</summary>
    public void Continue() => _process!.Send(Signal.Continue);

    /// <summary>Starts on the same address, without data.</summary>
    public async Task StartEmpty()
    {
        _process = RunningProcess.Start("redis-server", InteropClient.FindOnPath("redis-server", "redis-server"),
        [
            "--bind", _endpoint.Address.ToString(),
            "--port", _endpoint.Port.ToString(CultureInfo.InvariantCulture),
            "--protected-mode", "no",
            "--save", "",
            "--appendonly", "no",
            "--dir", _folder.FullName,
        ]);
        await Deadline.Until(
            "redis-server answers", async () => await Query("PING") == "+PONG", () => _process.Output);
    }

    /// <summary>Deletes all data while the server runs.</summary>
    public async Task Flush() => Assert.Equal("+OK", await Query("FLUSHALL"));

    /// <summary>Sets a field of a hash, as any client of this Redis can.</summary>
    public async Task SetField(string key, string field, string value)
    {
        string[] words = ["HSET", key, field, value];
        var request = string.Concat(words.Select(word => $"${Encoding.UTF8.GetByteCount(word)}\r\n{word}\r\n"));
        Assert.StartsWith(":", await Query($"*{words.Length}\r\n{request.TrimEnd()}"), StringComparison.Ordinal);
    }

    public async ValueTask DisposeAsync()
    {
        await _process!.DisposeAsync();
        _folder.Delete(recursive: true);
    }

    private async Task<string?> Query(string command)
    {
        using var deadline = Deadline.Start();
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        try
        {
            await socket.ConnectAsync(_endpoint, deadline.Token);
            await socket.SendAsync(Encoding.ASCII.GetBytes($"{command}\r\n"), deadline.Token);
            var answer = new byte[64];
            var length = await socket.ReceiveAsync(answer, deadline.Token);
            return Encoding.ASCII.GetString(answer, 0, length).Trim();
        }
        catch (SocketException)
        {
            return null;
        }
    }
}
