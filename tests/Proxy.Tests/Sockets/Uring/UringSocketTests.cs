using System.Net.Sockets;
using Microsoft.Extensions.Logging.Abstractions;
using WsBalancer.Proxy.Tests.Sockets.Loops;
using WsBalancer.Sockets.Loops;
using WsBalancer.Sockets.Uring;

namespace WsBalancer.Proxy.Tests.Sockets.Uring;

public sealed class UringSocketTests : IDisposable
{
    private const int Megabyte = 1024 * 1024;

    private readonly UringLoop _loop;

    public UringSocketTests()
    {
        Loops.Engines.SkipWithoutUring();
        _loop = new UringLoop(0, TimeProvider.System, NullLogger.Instance, Loops.Engines.Store);
        _loop.Start();
    }

    [Fact]
    public async Task Pauses_WhileTheReceiveIsBeingCancelled_LoseNothing()
    {
        await using var pair = await LoopPair.OpenReceivingAsync(_loop);
        var sent = Noise.OfLength(8 * Megabyte);
        var sending = pair.Peer.SendAsync(sent, TestContext.Current.CancellationToken).AsTask();

        // Pause and receive are called in one turn, in two, and during an event, whatever requests are pending.
        pair.Recorder.WhenReceived = () =>
        {
            pair.Socket.Pause();
            _loop.Post(pair.Socket.Receive);
        };
        while (pair.Recorder.Length < sent.Length)
        {
            await _loop.OnLoop(() =>
            {
                pair.Socket.Pause();
                pair.Socket.Receive();
                pair.Socket.Pause();
            });
            await _loop.OnLoop(pair.Socket.Receive);
        }

        await sending;
        Assert.Equal(sent, pair.Recorder.Bytes);
    }

    // After the peer's FIN the poll for room completes with every change, also while bytes wait for the next entry into
    // the kernel.
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task RoomAfterTheFinOfThePeer_DoesNotSendKeptBytesBeforeThoseOfTheBatch(bool sendsFin)
    {
        await using var from = await LoopPair.OpenReceivingAsync(_loop);
        await using var to = await LoopPair.OpenReceivingAsync(_loop);
        to.Peer.Shutdown(SocketShutdown.Send);
        await Deadline.Until("the FIN is received", () => to.Recorder.EndedCount == 1);
        var much = Noise.OfLength(16 * Megabyte);
        await _loop.OnLoop(() => to.Socket.Send(much));
        await to.SettleAsync();
        Assert.Equal(much, await to.ReadAsync(much.Length));
        await Deadline.Until("all is sent", () => to.Recorder.WritableCount > 0);
        var relay = new RoomDuringSend((UringSocket)to.Socket, sendsFin);
        await _loop.OnLoop(() => from.Socket.Handler = relay);

        await from.Peer.SendAsync("first "u8.ToArray(), TestContext.Current.CancellationToken);

        var received = await (sendsFin ? to.ReadToEndAsync() : to.ReadAsync("first second".Length));
        Assert.Equal("first second"u8.ToArray(), received);
        Assert.Equal("first second".Length, relay.UnsentBytes);
    }

    [Fact]
    public async Task PausedSocket_HoldsNoBufferOfTheOthers()
    {
        // More bytes than all buffers of the loop and of the kernel hold.
        await using var paused = await LoopPair.OpenReceivingAsync(_loop);
        await using var other = await LoopPair.OpenReceivingAsync(_loop);
        await _loop.OnLoop(paused.Socket.Pause);
        var sent = Noise.OfLength(24 * Megabyte);
        var sending = paused.Peer.SendAsync(sent, TestContext.Current.CancellationToken).AsTask();

        var alsoSent = Noise.OfLength(16 * Megabyte, seed: 2);
        await other.Peer.SendAsync(alsoSent, TestContext.Current.CancellationToken);

        await Deadline.Until("the other's has come", () => other.Recorder.Length == alsoSent.Length);
        Assert.Equal(0, paused.Recorder.Calls);
        Assert.False(sending.IsCompleted, "A paused socket must slow its peer down.");
        await _loop.OnLoop(paused.Socket.Receive);
        await Deadline.Until("what was paused has come", () => paused.Recorder.Length == sent.Length);
        await sending;
        Assert.Equal(sent, paused.Recorder.Bytes);
        Assert.Equal(alsoSent, other.Recorder.Bytes);
    }

    [Fact]
    public async Task SlowReader_HoldsNoBufferOfTheOthers()
    {
        await using var from = await LoopPair.OpenAsync(_loop);
        await using var slow = await LoopPair.OpenAsync(_loop);
        await using var other = await LoopPair.OpenReceivingAsync(_loop);
        var sent = Noise.OfLength(32 * Megabyte);
        await _loop.OnLoop(() => Relay.Start(from.Socket, slow.Socket));
        var sending = from.Peer.SendAsync(sent, TestContext.Current.CancellationToken).AsTask();
        await Deadline.Until("the relay is full", () => _loop.OnLoop(() => slow.Socket.UnsentBytes > 0));

        var alsoSent = Noise.OfLength(16 * Megabyte, seed: 2);
        await other.Peer.SendAsync(alsoSent, TestContext.Current.CancellationToken);

        await Deadline.Until("the other's has come", () => other.Recorder.Length == alsoSent.Length);
        var received = await slow.ReadAsync(sent.Length);
        await sending;
        Assert.Equal(sent, received);
    }

    [Fact]
    public async Task Unsent_OfBytesSentWithTheNextTurn_IsNotifiedWhenTheyAreSent()
    {
        await using var from = await LoopPair.OpenReceivingAsync(_loop);
        await using var to = await LoopPair.OpenAsync(_loop);
        var unsent = 0;
        from.Socket.Handler = new Passing(to.Socket, () => unsent = to.Socket.UnsentBytes);

        from.Peer.Send("hello"u8);

        Assert.Equal("hello"u8.ToArray(), await to.ReadAsync(5));
        await Deadline.Until("it is told", () => to.Recorder.WritableCount == 1);
        Assert.Equal((5, 0), await _loop.OnLoop(() => (unsent, to.Socket.UnsentBytes)));
    }

    [Fact]
    public async Task BytesOfABuffer_InPiecesAndMixedWithOthers_AreSentInOrder()
    {
        await using var from = await LoopPair.OpenReceivingAsync(_loop);
        await using var to = await LoopPair.OpenAsync(_loop);
        await using var another = await LoopPair.OpenAsync(_loop);
        from.Socket.Handler = new Cutting(to.Socket, another.Socket);

        from.Peer.Send("abcdefgh"u8);

        Assert.Equal("ab<cd>efgh!"u8.ToArray(), await to.ReadAsync(11));
        Assert.Equal("cd"u8.ToArray(), await another.ReadAsync(2));
    }

    [Fact]
    public async Task Close_AfterASendFromABuffer_SendsItFirst()
    {
        await using var from = await LoopPair.OpenReceivingAsync(_loop);
        await using var to = await LoopPair.OpenReceivingAsync(_loop);
        from.Socket.Handler = new Passing(to.Socket, to.Socket.Close);

        from.Peer.Send("the last words"u8);

        Assert.Equal("the last words"u8.ToArray(), await to.ReadToEndAsync());
    }

    [Fact]
    public async Task Finish_AfterASendFromABuffer_IsSeenAfterIt()
    {
        await using var from = await LoopPair.OpenReceivingAsync(_loop);
        await using var to = await LoopPair.OpenReceivingAsync(_loop);
        from.Socket.Handler = new Passing(to.Socket, to.Socket.ShutdownSend);

        from.Peer.Send("the last words"u8);

        Assert.Equal("the last words"u8.ToArray(), await to.ReadToEndAsync());
    }

    [Fact]
    public async Task Close_AndANewSocketInTheSameTurn_MixNothingUp()
    {
        for (var round = 0; round < 100; round++)
        {
            await using var old = await LoopPair.OpenReceivingAsync(_loop);
            await using var next = await LoopPair.OpenAsync(_loop);
            await _loop.OnLoop(() =>
            {
                old.Peer.Send("nobody's"u8);
                old.Socket.Close();
                next.Socket.Receive();
            });
            next.Peer.Send("the next one's"u8);

            await Deadline.Until("the next is told", () => next.Recorder.Length > 0);
            Assert.Equal("the next one's"u8, next.Recorder.Bytes);
            Assert.Equal(0, old.Recorder.Calls);
        }
    }

    [Fact]
    public async Task Dispose_RightAfterAClose_LeavesNoConnection()
    {
        using var loop = new UringLoop(0, TimeProvider.System, NullLogger.Instance, Loops.Engines.Store);
        loop.Start();
        var pair = await LoopPair.OpenReceivingAsync(loop);

        loop.Post(pair.Socket.Close);
        loop.Dispose();

        Assert.Empty(await pair.ReadToEndAsync());
        pair.Peer.Dispose();
    }

    public void Dispose() => _loop.Dispose();

    private sealed class Cutting(LoopSocket to, LoopSocket another) : Passing(to)
    {
        private readonly LoopSocket _to = to;

        public override void OnReceived(ReadOnlySpan<byte> bytes)
        {
            _to.Send(bytes[..2]);
            _to.Send("<"u8);
            _to.Send(bytes[2..4]);
            another.Send(bytes[2..4]);
            _to.Send(">"u8);
            _to.Send(bytes[4..6]);
            _to.Send(bytes[6..]);
            _to.Send("!"u8);
        }
    }

    /// <summary>Sends what it receives and then more, and completes the poll for room before the batch.</summary>
    private sealed class RoomDuringSend(UringSocket to, bool sendsFin) : ISocketHandler
    {
        /// <summary>The number of bytes that were unsent when the poll completed.</summary>
        public int UnsentBytes { get; private set; }

        public void OnReceived(ReadOnlySpan<byte> bytes)
        {
            to.Send(bytes);
            to.Send("second"u8);
            if (sendsFin)
            {
                to.ShutdownSend();
            }

            UnsentBytes = to.UnsentBytes;
            ((IUringTarget)to).OnCompleted(
                RequestKind.Room,
                new CompletionEntry { Result = (int)UringConstants.PollOut, Flags = UringConstants.More });
        }

        public void OnWritable()
        {
        }

        public void OnEof()
        {
        }

        public void OnError(int error)
        {
        }
    }
}
