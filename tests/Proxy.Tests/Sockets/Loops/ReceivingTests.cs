using System.Net.Sockets;
using WsBalancer.Proxy.Tests.Placement.Native;
using WsBalancer.Sockets.Linux;
using WsBalancer.Sockets.Loops;

namespace WsBalancer.Proxy.Tests.Sockets.Loops;

public sealed class ReceivingTests
{
    private const int Kilobyte = 1024;

    [Theory]
    [ClassData<Engines>]
    public async Task Bytes_SentInRandomPieces_AreReceivedWholeAndInOrder(string engine)
    {
        using var loop = Engines.Start(engine);
        await using var pair = await LoopPair.OpenReceivingAsync(loop);
        var sent = Noise.OfLength(3_000_000);

        foreach (var piece in Noise.Pieces(sent))
        {
            await pair.Peer.SendAsync(piece, TestContext.Current.CancellationToken);
        }

        await Deadline.Until("all has come", () => pair.Recorder.Length >= sent.Length);
        Assert.Equal(sent, pair.Recorder.Bytes);
    }

    [Theory]
    [ClassData<Engines>]
    public async Task Socket_BeforeReceive_NotifiesNothing(string engine)
    {
        using var loop = Engines.Start(engine);
        await using var pair = await LoopPair.OpenAsync(loop);

        pair.Peer.Send("hello"u8);
        pair.Peer.Shutdown(SocketShutdown.Send);
        await pair.SettleAsync();

        Assert.Equal(0, pair.Recorder.Calls);
    }

    [Theory]
    [ClassData<Engines>]
    public async Task PausedSocket_OfAPeerThatSendsOn_BuffersOneReceiveAtMost(string engine)
    {
        using var loop = Engines.Start(engine);
        await using var pair = await LoopPair.OpenAsync(loop);
        pair.Recorder.WhenReceived = pair.Socket.Pause;
        var flood = new Flood(pair.Peer, 256 * Kilobyte * Kilobyte);

        // The handler pauses its socket at another point of the flood each time.
        for (var calls = 0; calls < 5; calls = pair.Recorder.Calls)
        {
            await loop.OnLoop(pair.Socket.Receive);
            await Deadline.Until("its handler has paused it", () => pair.Recorder.Calls > calls);
            await flood.UntilItIsHeldUp();
            Assert.InRange(await loop.OnLoop(() => pair.Socket.BufferedBytes), 0, EventLoop.LargestReceive);
        }
    }

    [Theory]
    [ClassData<Engines>]
    public async Task Socket_WithoutMemoryForWhatItMustKeep_Fails(string engine)
    {
        using var store = new ChunkStore(4 * ChunkStore.ChunkSize);
        using var loop = Engines.Start(engine, store: store);
        await using var pair = await LoopPair.OpenAsync(loop);

        // The bytes that the kernel does not accept exceed the memory of the store.
        await loop.OnLoop(() => pair.Socket.Send(new byte[64 * Kilobyte * Kilobyte]));

        await Deadline.Until("its handler is notified", () => pair.Recorder.Errors.Length == 1);
        Assert.Equal(Errno.NoBufferSpace, pair.Recorder.Errors[0]);
        Assert.Equal(0, store.Used);
    }

    [Theory]
    [ClassData<Engines>]
    public async Task Pause_NotifiesNothing_UntilReceive(string engine)
    {
        using var loop = Engines.Start(engine);
        await using var pair = await LoopPair.OpenReceivingAsync(loop);
        var sent = Noise.OfLength(500 * Kilobyte);
        pair.Peer.Send(sent.AsSpan(0, 10));
        await Deadline.Until("the first bytes have come", () => pair.Recorder.Length == 10);

        await loop.OnLoop(pair.Socket.Pause);
        var sending = pair.Peer.SendAsync(sent.AsMemory(10), TestContext.Current.CancellationToken).AsTask();
        await pair.SettleAsync();
        var whilePaused = pair.Recorder.Length;
        await loop.OnLoop(pair.Socket.Receive);

        await Deadline.Until("all has come", () => pair.Recorder.Length >= sent.Length);
        await sending;
        Assert.Equal(sent, pair.Recorder.Bytes);
        Assert.Equal(10, whilePaused);
    }

    [Theory]
    [ClassData<Engines>]
    public async Task Pause_InsideOfACall_IsTheLastCallUntilReceive(string engine)
    {
        using var loop = Engines.Start(engine);
        await using var pair = await LoopPair.OpenAsync(loop);
        pair.Recorder.WhenReceived = pair.Socket.Pause;
        var sent = Noise.OfLength(1000 * Kilobyte);
        var sending = pair.Peer.SendAsync(sent, TestContext.Current.CancellationToken).AsTask();

        for (var calls = 1; pair.Recorder.Length < sent.Length; calls++)
        {
            await loop.OnLoop(pair.Socket.Receive);
            await Deadline.Until($"call {calls}", () => pair.Recorder.Calls >= calls);
            await pair.SettleAsync();
            Assert.Equal(calls, pair.Recorder.Calls);
        }

        await sending;
        Assert.Equal(sent, pair.Recorder.Bytes);
    }

    [Theory]
    [ClassData<Engines>]
    public async Task End_ReceivedTogetherWithTheLastBytes_IsNotifiedOnceAfterThem(string engine)
    {
        using var loop = Engines.Start(engine);
        await using var pair = await LoopPair.OpenReceivingAsync(loop);
        var endedAt = -1L;
        pair.Recorder.WhenEnded = () => endedAt = pair.Recorder.Length;

        // Both calls are made on the loop's thread, so that both events are there at its next wait.
        await loop.OnLoop(() =>
        {
            pair.Peer.Send("the last words"u8);
            pair.Peer.Shutdown(SocketShutdown.Send);
        });

        await Deadline.Until("the end is told", () => pair.Recorder.EndedCount > 0);
        await pair.SettleAsync();
        Assert.Equal("the last words"u8, pair.Recorder.Bytes);
        Assert.Equal("the last words".Length, endedAt);
        Assert.Equal(1, pair.Recorder.EndedCount);
    }

    [Theory]
    [ClassData<Engines>]
    public async Task End_WhilePaused_IsNotifiedAfterReceive(string engine)
    {
        using var loop = Engines.Start(engine);
        await using var pair = await LoopPair.OpenReceivingAsync(loop);
        pair.Peer.Send("a"u8);
        await Deadline.Until("the first byte has come", () => pair.Recorder.Length == 1);
        await loop.OnLoop(pair.Socket.Pause);

        pair.Peer.Send("b"u8);
        pair.Peer.Shutdown(SocketShutdown.Send);
        await pair.SettleAsync();
        Assert.Equal(1, pair.Recorder.Calls);
        await loop.OnLoop(pair.Socket.Receive);

        await Deadline.Until("the end is told", () => pair.Recorder.EndedCount > 0);
        Assert.Equal("ab"u8, pair.Recorder.Bytes);
    }

    [Theory]
    [ClassData<Engines>]
    public async Task Reset_OfThePeer_IsNotifiedOnceAfterWhatItHadSent(string engine)
    {
        using var loop = Engines.Start(engine);
        await using var pair = await LoopPair.OpenReceivingAsync(loop);
        var sent = Noise.OfLength(10 * Kilobyte);

        await loop.OnLoop(() =>
        {
            pair.Peer.Send(sent);
            pair.ResetPeer();
        });

        await Deadline.Until("the failure is told", () => pair.Recorder.Errors.Length > 0);
        await pair.SettleAsync();
        Assert.Equal([Errno.ConnectionReset], pair.Recorder.Errors);
        Assert.Equal(0, pair.Recorder.EndedCount);
        Assert.Equal(sent, pair.Recorder.Bytes);
    }

    // The test has many rounds, since an engine that can miss a reset behind bytes does not miss it every time.
    [Theory]
    [ClassData<Engines>]
    public async Task Reset_RightBehindBytes_IsNotifiedEveryTime(string engine)
    {
        using var loop = Engines.Start(engine);
        for (var i = 0; i < 300; i++)
        {
            await using var pair = await LoopPair.OpenAsync(loop);
            loop.Post(static socket => ((LoopSocket)socket).Receive(), pair.Socket);
            pair.Peer.Send("hello"u8);
            pair.ResetPeer();

            await Deadline.Until($"reset {i} is told", () => pair.Recorder.Errors.Length > 0);
            Assert.Equal("hello"u8.ToArray(), pair.Recorder.Bytes);
        }
    }

    [Theory]
    [ClassData<Engines>]
    public async Task Reset_OfThePeerWhilePaused_IsNotifiedOnce(string engine)
    {
        using var loop = Engines.Start(engine);
        await using var pair = await LoopPair.OpenReceivingAsync(loop);
        await loop.OnLoop(pair.Socket.Pause);

        pair.ResetPeer();

        await Deadline.Until("the failure is told", () => pair.Recorder.Errors.Length > 0);
        await loop.OnLoop(pair.Socket.Receive);
        await pair.SettleAsync();
        Assert.Equal([Errno.ConnectionReset], pair.Recorder.Errors);
        Assert.Equal(1, pair.Recorder.Calls);
    }

    [Theory]
    [ClassData<Engines>]
    public async Task Reset_AfterThePeersEnd_IsNotifiedToo(string engine)
    {
        using var loop = Engines.Start(engine);
        await using var pair = await LoopPair.OpenReceivingAsync(loop);
        pair.Peer.Shutdown(SocketShutdown.Send);
        await Deadline.Until("the end is told", () => pair.Recorder.EndedCount == 1);

        pair.ResetPeer();

        await Deadline.Until("the failure is told", () => pair.Recorder.Errors.Length == 1);
        Assert.Equal(2, pair.Recorder.Calls);
    }
}
