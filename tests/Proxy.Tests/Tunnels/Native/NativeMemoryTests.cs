using WsBalancer.Proxy.Telemetry;
using WsBalancer.Proxy.Tests.Sockets.Loops;
using WsBalancer.Proxy.Tunnels;
using WsBalancer.Proxy.Tunnels.Native;
using WsBalancer.Sockets.Linux;
using WsBalancer.Sockets.Loops;

namespace WsBalancer.Proxy.Tests.Tunnels.Native;

/// <summary>
/// The total cost of an idle tunnel: the tunnel, its legs and sockets, and its entries in the registry. The growth of
/// dictionaries and tables is not counted: a dictionary copies all its entries, at a moment that depends on random hash
/// codes. The last rounds find them grown.
/// </summary>
public sealed class NativeMemoryTests(ITestOutputHelper output)
{
    private const int Rounds = 4;
    private const int Tunnels = 2_000;
    private const int MostBytes = 1_300;
    private const int InternetFamily = 2;
    private const int Datagram = 2;

    private static readonly TunnelOptions Options = new();

    [Theory]
    [ClassData<Engines>]
    public async Task AnIdleTunnel_TakesLittle(string engine)
    {
        using var metrics = new BalancerRegistry(TimeProvider.System);
        var registry = new TunnelRegistry(new TunnelMetrics(metrics));
        using var loop = Engines.Start(engine);
        var opened = new List<(Tunnel Tunnel, LoopSocket Client, LoopSocket Node)>(Tunnels);
        var least = long.MaxValue;
        for (var round = 0; round < Rounds; round++)
        {
            var taken = await loop.OnLoop(() => Fill(loop, registry, opened)) / Tunnels;
            output.WriteLine($"{taken} bytes a tunnel were allocated in round {round}");
            least = Math.Min(least, taken);
            await loop.OnLoop(() => Clear(registry, opened));
            await Deadline.Until("all sockets are closed", () => loop.SocketCount == 0);
        }

        Assert.InRange(least, 1, MostBytes);
    }

    private static long Fill(
        EventLoop loop, TunnelRegistry registry, List<(Tunnel Tunnel, LoopSocket Client, LoopSocket Node)> opened)
    {
        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < Tunnels; i++)
        {
            opened.Add(Open(loop, registry));
        }

        return GC.GetAllocatedBytesForCurrentThread() - before;
    }

    private static void Clear(
        TunnelRegistry registry, List<(Tunnel Tunnel, LoopSocket Client, LoopSocket Node)> opened)
    {
        foreach (var (tunnel, client, node) in opened)
        {
            registry.Remove(tunnel, TunnelEnd.Drain);
            client.Close();
            node.Close();
        }

        opened.Clear();
    }

    private static (Tunnel Tunnel, LoopSocket Client, LoopSocket Node) Open(EventLoop loop, TunnelRegistry registry)
    {
        var node = new NodeKey("chat", "ws-1");
        var id = registry.NextId();
        var identity = new TunnelIdentity(id, node, $"user-{id}", "HTTP/1.1");
        var terms = new TunnelTerms(identity, Options, registry.LedgerOf(node), loop.Time);
        var (client, toNode) = (Silent(loop), Silent(loop));
        var flow = new NativeTunnel(
            terms,
            new DetachedSocket(client, default, Ended: false),
            new DetachedSocket(toNode, default, Ended: false),
            maxBuffered: 0,
            _ => { });
        registry.Add(flow.Tunnel);
        flow.Start();
        return (flow.Tunnel, client, toNode);
    }

    // A socket that has no peer and receives nothing.
    private static LoopSocket Silent(EventLoop loop)
    {
        var descriptor = LibC.Socket(InternetFamily, Datagram | SocketConstants.NonBlocking, 0);
        Assert.True(descriptor >= 0);
        return loop.Adopt(descriptor, NativeBed.NoHandler);
    }
}
