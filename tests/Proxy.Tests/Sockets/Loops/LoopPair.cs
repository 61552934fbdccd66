using System.Net;
using System.Net.Sockets;
using Microsoft.Extensions.Logging.Abstractions;
using WsBalancer.Sockets.Loops;
using WsBalancer.Sockets.Names;
using WsBalancer.Sockets.Tcp;

namespace WsBalancer.Proxy.Tests.Sockets.Loops;

/// <summary>A connection over loopback: a socket on an event loop, and the platform's own at the other end.</summary>
internal sealed class LoopPair : IAsyncDisposable
{
    private static readonly LoopDialer Dialer = new(
        new NameCache(new SystemNameResolver(), TimeProvider.System, NullLogger<NameCache>.Instance),
        new SourceAddressPool([], NullLogger<SourceAddressPool>.Instance),
        TimeProvider.System);

    private LoopPair(LoopSocket socket, Recorder recorder, Socket peer)
    {
        Socket = socket;
        Recorder = recorder;
        Peer = peer;
    }

    public LoopSocket Socket { get; }

    public EventLoop Loop => Socket.Loop;

    /// <summary>The first handler of the socket.</summary>
    public Recorder Recorder { get; }

    public Socket Peer { get; }

    /// <summary>Connects without receiving.</summary>
    public static async Task<LoopPair> OpenAsync(EventLoop loop)
    {
        using var listener = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        listener.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        listener.Listen();
        var recorder = new Recorder();
        var socket = await loop.OnLoopAsync(() => Dialer.ConnectAsync(
            loop,
            "127.0.0.1",
            ((IPEndPoint)listener.LocalEndPoint!).Port,
            Deadline.Default,
            null,
            recorder,
            TestContext.Current.CancellationToken));
        var peer = await listener.AcceptAsync(TestContext.Current.CancellationToken);
        peer.NoDelay = true;
        return new LoopPair(socket, recorder, peer);
    }

    /// <summary>Connects, and receives.</summary>
    public static async Task<LoopPair> OpenReceivingAsync(EventLoop loop)
    {
        var pair = await OpenAsync(loop);
        await pair.Loop.OnLoop(pair.Socket.Receive);
        return pair;
    }

    /// <summary>Waits until all events so far have been reported to the handler.</summary>
    public async Task SettleAsync()
    {
        // Over loopback, data has arrived when the peer's call returns; each posted action takes at least one turn of
        // the loop.
        for (var i = 0; i < 4; i++)
        {
            await Loop.OnLoop(() => { });
        }
    }

    /// <summary>Reads all bytes that the peer receives up to the end.</summary>
    public Task<byte[]> ReadToEndAsync() => ReadAsync(int.MaxValue);

    /// <summary>
    /// Reads the next <paramref name="count"/> bytes that the peer receives; fewer if the connection ends before.
    /// </summary>
    public async Task<byte[]> ReadAsync(int count)
    {
        using var all = new MemoryStream();
        var buffer = new byte[64 * 1024];
        using var deadline = new CancellationTokenSource(Deadline.Default);
        while (all.Length < count)
        {
            var wanted = (int)Math.Min(buffer.Length, count - all.Length);
            var received = await Peer.ReceiveAsync(buffer.AsMemory(0, wanted), deadline.Token);
            if (received == 0)
            {
                break;
            }

            all.Write(buffer, 0, received);
        }

        return all.ToArray();
    }

    /// <summary>Closes the peer's end with RST.</summary>
    public void ResetPeer() => Peer.Close(0);

    public async ValueTask DisposeAsync()
    {
        await Loop.OnLoop(Socket.Close);
        Peer.Dispose();
    }
}
