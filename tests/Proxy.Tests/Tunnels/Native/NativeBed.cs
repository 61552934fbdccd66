using Microsoft.Extensions.Time.Testing;
using WsBalancer.Proxy.Tests.Sockets.Loops;
using WsBalancer.Proxy.Tunnels;
using WsBalancer.Proxy.Tunnels.Native;
using WsBalancer.Sockets.Loops;

namespace WsBalancer.Proxy.Tests.Tunnels.Native;

/// <summary>A native tunnel on its own loop, and its two peers.</summary>
internal sealed class NativeBed : IAsyncDisposable
{
    public const int MaxBuffered = 256 * 1024;

    /// <summary>The handler of a socket before a tunnel takes it over: any event fails the test.</summary>
    public static readonly ISocketHandler NoHandler = new UnexpectedEvents();

    private readonly List<TunnelEnd> _ends = [];
    private NativeTunnel _flow = null!;
    private LoopSocket _clientSocket = null!;
    private LoopSocket _nodeSocket = null!;

    private NativeBed(string engine, Peer client, Peer node)
    {
        Loop = Engines.Start(engine, time: Time);
        (Client, Node) = (client, node);
        var identity = new TunnelIdentity("t", new NodeKey("chat", "ws-1"), "alice", "HTTP/1.1");
        Terms = new TunnelTerms(identity, new TunnelOptions(), new TunnelLedger(), Time);
    }

    public FakeTimeProvider Time { get; } = new();

    public EventLoop Loop { get; }

    public Peer Client { get; }

    public Peer Node { get; }

    public TunnelTerms Terms { get; }

    public Tunnel Tunnel => _flow.Tunnel;

    public NativeTunnel Flow => _flow;

    /// <summary>The end reasons that were counted: one, once the tunnel has ended.</summary>
    public TunnelEnd[] Ends
    {
        get
        {
            lock (_ends)
            {
                return [.. _ends];
            }
        }
    }

    /// <summary>Opens a tunnel that relays.</summary>
    public static async Task<NativeBed> OpenAsync(string engine)
    {
        var bed = await PrepareAsync(engine);
        await bed.Loop.OnLoop(bed.Flow.Start);
        return bed;
    }

    /// <summary>Creates a tunnel without starting it.</summary>
    public static async Task<NativeBed> PrepareAsync(
        string engine,
        byte[]? clientUnread = null,
        byte[]? nodeUnread = null,
        bool clientEnded = false,
        bool nodeEnded = false,
        int maxBuffered = MaxBuffered)
    {
        var bed = new NativeBed(engine, await Peer.ConnectAsync(), await Peer.ConnectAsync());
        await bed.Loop.OnLoop(() =>
        {
            bed._clientSocket = bed.Loop.Adopt(bed.Client.Descriptor, NoHandler);
            bed._nodeSocket = bed.Loop.Adopt(bed.Node.Descriptor, NoHandler);
            bed._flow = new NativeTunnel(
                bed.Terms,
                new DetachedSocket(bed._clientSocket, clientUnread, clientEnded),
                new DetachedSocket(bed._nodeSocket, nodeUnread, nodeEnded),
                maxBuffered,
                bed.Over);
        });
        return bed;
    }

    /// <summary>
    /// Starts a tunnel after one of the peers has failed, with the failure already reported to an earlier handler that
    /// did nothing.
    /// </summary>
    public static async Task<NativeBed> TakeOverAsync(string engine, Action<Peer, Peer> fail)
    {
        var bed = new NativeBed(engine, await Peer.ConnectAsync(), await Peer.ConnectAsync());
        var before = new Recorder();
        await bed.Loop.OnLoop(() =>
        {
            bed._clientSocket = bed.Loop.Adopt(bed.Client.Descriptor, before);
            bed._nodeSocket = bed.Loop.Adopt(bed.Node.Descriptor, before);
        });
        fail(bed.Client, bed.Node);
        await Deadline.Until("the earlier handler is notified", () => before.Errors.Length == 1);
        await bed.Loop.OnLoop(() =>
        {
            bed._flow = new NativeTunnel(
                bed.Terms,
                new DetachedSocket(bed._clientSocket, default, Ended: false),
                new DetachedSocket(bed._nodeSocket, default, Ended: false),
                MaxBuffered,
                bed.Over);
            bed._flow.Start();
        });
        return bed;
    }

    /// <summary>The number of unsent bytes for the client, and for the node.</summary>
    public Task<(int ForClient, int ForNode)> KeptAsync() =>
        Loop.OnLoop(() => (_clientSocket.UnsentBytes, _nodeSocket.UnsentBytes));

    /// <summary>
    /// The number of bytes that are buffered for the client, and for the node, while only one of them does not read.
    /// </summary>
    public Task<(int ForClient, int ForNode)> BufferedAsync() => Loop.OnLoop(() => (
        _clientSocket.UnsentBytes + _nodeSocket.BufferedBytes - _nodeSocket.UnsentBytes,
        _nodeSocket.UnsentBytes + _clientSocket.BufferedBytes - _clientSocket.UnsentBytes));

    /// <summary>Waits until a slow peer blocks the other one.</summary>
    /// <returns>The largest number of bytes that was buffered for the slow peer.</returns>
    public async Task<int> UntilHeldUpAsync(Func<(int ForClient, int ForNode), int> choose)
    {
        var (most, last, still) = (0, (0, Tunnel.Traffic), 0);
        await Deadline.Until("the sender is held up", async () =>
        {
            // Nothing has changed in so many turns of the loop.
            var now = (choose(await BufferedAsync()), Tunnel.Traffic);
            most = Math.Max(most, now.Item1);
            still = now.Item1 > 0 && now == last ? still + 1 : 0;
            last = now;
            return still == 20;
        });
        return most;
    }

    /// <summary>Releases the tunnel from its loop, and returns its record.</summary>
    public Task<TunnelRecord?> ReleaseAsync() =>
        Loop.OnLoopAsync(() => new ValueTask<TunnelRecord?>(Flow.ReleaseAsync()));

    /// <summary>
    /// The traffic counts, read in a later turn of the loop: the loop sends bytes before it counts them.
    /// </summary>
    public Task<TunnelTraffic> TrafficAsync() => Loop.OnLoop(() => Tunnel.Traffic);

    /// <summary>
    /// Advances the time after the step whose effects the peers have seen: the loop may set a timer after it has sent
    /// FIN.
    /// </summary>
    public async Task AdvanceAsync(TimeSpan time)
    {
        await Loop.OnLoop(() => { });
        Time.Advance(time);
    }

    public Task UntilOver() => Deadline.Until("the tunnel is over", () => Ends.Length > 0);

    /// <summary>Waits until the tunnel has ended and both sockets are closed, and returns the end reason.</summary>
    public async Task<TunnelEnd> EndAsync()
    {
        await UntilOver();
        await Deadline.Until("both sockets are closed", () => Loop.SocketCount == 0);
        return Assert.Single(Ends);
    }

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        Node.Dispose();
        await Loop.OnLoop(() =>
        {
            _clientSocket.Close();
            _nodeSocket.Close();
        });
        Loop.Dispose();
    }

    private void Over(Tunnel tunnel)
    {
        Assert.True(Loop.IsCurrent);
        lock (_ends)
        {
            _ends.Add(tunnel.Finish(TunnelEnd.Error));
        }
    }

    private sealed class UnexpectedEvents : ISocketHandler
    {
        public void OnReceived(ReadOnlySpan<byte> bytes) => Assert.Fail("The tunnel did not take the socket.");

        public void OnWritable() => Assert.Fail("The tunnel did not take the socket.");

        public void OnEof() => Assert.Fail("The tunnel did not take the socket.");

        public void OnError(int error) => Assert.Fail("The tunnel did not take the socket.");
    }
}
