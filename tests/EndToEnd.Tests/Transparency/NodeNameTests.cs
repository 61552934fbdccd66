using System.Net;
using System.Net.Sockets;
using WsBalancer.EndToEnd.Tests.Fixtures;
using WsBalancer.EndToEnd.Tests.Nodes;
using WsBalancer.EndToEnd.Tests.Processes;
using WsBalancer.EndToEnd.Tests.Wire;

namespace WsBalancer.EndToEnd.Tests.Transparency;

/// <summary>
/// A node whose name has several addresses. The balancer runs with its own hosts file in its own mount namespace: no
/// other process is affected.
/// </summary>
public sealed class NodeNameTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("wsbalancer-");

    private string Hosts => Path.Combine(_folder.FullName, "hosts");

    [Theory]
    [InlineData("io_uring")]
    [InlineData("epoll")]
    [InlineData("sockets")]
    public async Task AnAddressThatDoesNotAnswer_IsPassedOver_AndNotTriedFirstAgain(string engine)
    {
        await using var node = ScriptedNode.Start("a");
        using var silent = Silent(node.Port, out var waiting);
        await using var process = await Start(engine, node.Port, "::1 node.test\n127.0.0.1 node.test\n");
        var port = await PortOf(process);

        _ = await Time(port);
        var quickest = TimeSpan.MaxValue;
        for (var i = 0; i < 5; i++)
        {
            quickest = TimeSpan.FromTicks(Math.Min(quickest.Ticks, (await Time(port)).Ticks));
        }

        // A balancer that tries the silent address first waits for 250 ms before the second attempt.
        Assert.InRange(quickest, TimeSpan.Zero, TimeSpan.FromMilliseconds(240));
        waiting.ForEach(socket => socket.Dispose());
    }

    [Fact]
    public async Task AChangedName_IsFollowedWithin30Seconds()
    {
        await using var node = ScriptedNode.Start("a");
        using var other = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        other.Bind(new IPEndPoint(IPAddress.Parse("127.0.0.3"), node.Port));
        other.Listen();
        await using var process = await Start("epoll", node.Port, "127.0.0.3 node.test\n");
        using var probe = await other.AcceptAsync(TestContext.Current.CancellationToken);

        await File.WriteAllTextAsync(Hosts, "127.0.0.1 node.test\n", TestContext.Current.CancellationToken);

        // The new address must be used within 30 seconds, which is Deadline.Default.
        await Deadline.Until("the node is probed at its new address", () => node.Connections > 0);
        using var client = await StreamWire.Connect(
            new IPEndPoint(IPAddress.Loopback, await PortOf(process)), "127.0.0.1", ReadOnlyMemory<byte>.Empty);
        Assert.Equal(101, (await client.Exchange("/chat?user=alice", isHandshake: true))!.Status);
    }

    public void Dispose() => _folder.Delete(recursive: true);

    private static async Task<int> PortOf(RunningProcess process) =>
        new Uri((await process.After("wsbalancer listening on "))[0]).Port;

    private static async Task<TimeSpan> Time(int port)
    {
        var begun = TimeProvider.System.GetTimestamp();
        using var client = await StreamWire.Connect(
            new IPEndPoint(IPAddress.Loopback, port), "127.0.0.1", ReadOnlyMemory<byte>.Empty);
        Assert.Equal(101, (await client.Exchange("/chat?user=alice", isHandshake: true))!.Status);
        return TimeProvider.System.GetElapsedTime(begun);
    }

    /// <summary>Listens at ::1 with a full backlog: the kernel drops each SYN.</summary>
    private static Socket Silent(int port, out List<Socket> waiting)
    {
        Assert.SkipUnless(Socket.OSSupportsIPv6, "This machine has no IPv6.");
        var endPoint = new IPEndPoint(IPAddress.IPv6Loopback, port);
        var listener = new Socket(AddressFamily.InterNetworkV6, SocketType.Stream, ProtocolType.Tcp);
        listener.Bind(endPoint);
        listener.Listen(0);
        waiting = [];
        for (var i = 0; i < 4; i++)
        {
            var socket = new Socket(AddressFamily.InterNetworkV6, SocketType.Stream, ProtocolType.Tcp);
            _ = socket.ConnectAsync(endPoint);
            waiting.Add(socket);
        }

        return listener;
    }

    private async Task<RunningProcess> Start(string engine, int port, string hosts)
    {
        await using (var check = RunningProcess.Start("unshare", "unshare", "-m", "mount", "--bind", "/tmp", "/tmp"))
        {
            Assert.SkipUnless(await check.ExitCode() == 0, "This user may not have a mount namespace of its own.");
        }

        await File.WriteAllTextAsync(Hosts, hosts, TestContext.Current.CancellationToken);
        var config = Path.Combine(_folder.FullName, "wsbalancer.json");
        await File.WriteAllTextAsync(
            config,
            BalancerConfig.With(("a", $"http://node.test:{port}/")).ToString(),
            TestContext.Current.CancellationToken);
        var process = RunningProcess.Start(
            "wsbalancer",
            "unshare",
            new Dictionary<string, string> { [RunningProcess.EngineVariable] = engine },
            "-m",
            "sh",
            "-c",
            "mount --bind \"$1\" /etc/hosts && exec \"$2\" run --config \"$3\"",
            "sh",
            Hosts,
            Programs.Balancer,
            config);
        await process.After("wsbalancer ready");
        return process;
    }
}
