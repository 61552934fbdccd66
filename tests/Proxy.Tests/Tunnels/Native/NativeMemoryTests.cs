using WsBalancer.Proxy.Telemetry;
using WsBalancer.Proxy.Tests.Sockets.Loops;
using WsBalancer.Proxy.Tunnels;
using WsBalancer.Proxy.Tunnels.Native;
using WsBalancer.Sockets.Linux;
using WsBalancer.Sockets.Loops;

namespace WsBalancer.Proxy.Tests.Tunnels.Native;

/// <summary>
/// The total cost of an idle tunnel: the tunnel, its legs and sockets, and its entries in the registry.
/// </summary>
public sealed class NativeMemoryTests(ITestOutputHelper output)
{
    private const int Tunnels = 2_000;
    private const int MostBytes = 1_800;
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
        var sockets = new List<LoopSocket>(2 * Tunnels);

        var allocated = await loop.OnLoop(() =>
        {
            // The first tunnel allocates what all tunnels share.
            Open(loop, registry, sockets);
            var heap = GC.GetTotalMemory(forceFullCollection: true);
            var before = GC.GetAllocatedBytesForCurrentThread();
            for (var i = 0; i < Tunnels; i++)
            {
                Open(loop, registry, sockets);
            }

            var taken = GC.GetAllocatedBytesForCurrentThread() - before;

            // The heap contains objects of concurrent tests too, so its size is only reported.
            heap = GC.GetTotalMemory(forceFullCollection: true) - heap;
            output.WriteLine($"{taken / Tunnels} bytes a tunnel were allocated, {heap / Tunnels} are kept");
            return taken;
        });

        Assert.InRange(allocated / Tunnels, 1, MostBytes);
        await loop.OnLoop(() => sockets.ForEach(socket => socket.Close()));
    }

    private static void Open(EventLoop loop, TunnelRegistry registry, List<LoopSocket> sockets)
    {
        var node = new NodeKey("chat", "ws-1");
        var id = registry.NextId();
        var identity = new TunnelIdentity(id, node, $"user-{id}", "HTTP/1.1");
        var terms = new TunnelTerms(identity, Options, registry.LedgerOf(node), loop.Time);
        var (client, toNode) = (Silent(loop), Silent(loop));
        sockets.AddRange([client, toNode]);
        var flow = new NativeTunnel(
            terms,
            new DetachedSocket(client, default, Ended: false),
            new DetachedSocket(toNode, default, Ended: false),
            maxBuffered: 0,
            _ => { });
        registry.Add(flow.Tunnel);
        flow.Start();
    }

    // A socket that has no peer and receives nothing.
    private static LoopSocket Silent(EventLoop loop)
    {
        var descriptor = LibC.Socket(InternetFamily, Datagram | SocketConstants.NonBlocking, 0);
        Assert.True(descriptor >= 0);
        return loop.Adopt(descriptor, NativeBed.NoHandler);
    }
}
