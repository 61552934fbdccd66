using System.Net.Sockets;

namespace WsBalancer.Proxy.Tests.Sockets.Loops;

public sealed class SendingTests
{
    private const int Megabyte = 1024 * 1024;

    [Theory]
    [ClassData<Engines>]
    public async Task Send_ToAPeerThatDoesNotRead_KeepsTheRestAndNotifiesWhenAllIsSent(string engine)
    {
        using var loop = Engines.Start(engine);
        await using var pair = await LoopPair.OpenAsync(loop);
        var sent = Noise.OfLength(16 * Megabyte);
        await loop.OnLoop(() =>
        {
            foreach (var piece in Noise.Pieces(sent))
            {
                pair.Socket.Send(piece.Span);
            }
        });

        await pair.SettleAsync();
        Assert.InRange(await loop.OnLoop(() => pair.Socket.UnsentBytes), 1, sent.Length);
        Assert.Equal(0, pair.Recorder.Calls);
        var received = await pair.ReadAsync(sent.Length);

        await Deadline.Until("it is told", () => pair.Recorder.WritableCount > 0);
        Assert.Equal(sent, received);
        Assert.Equal(0, await loop.OnLoop(() => pair.Socket.UnsentBytes));
        Assert.Equal(1, pair.Recorder.Calls);
    }

    [Theory]
    [ClassData<Engines>]
    public async Task Send_ThatIsTakenAtOnce_IsNotNotified(string engine)
    {
        using var loop = Engines.Start(engine);
        await using var pair = await LoopPair.OpenAsync(loop);

        await loop.OnLoop(() => pair.Socket.Send("hello"u8));

        Assert.Equal("hello"u8.ToArray(), await pair.ReadAsync(5));
        await pair.SettleAsync();
        Assert.Equal(0, pair.Recorder.Calls);
    }

    [Theory]
    [ClassData<Engines>]
    public async Task TrySend_ThatTookLess_IsTriedAgainWhenWritable(string engine)
    {
        using var loop = Engines.Start(engine);
        await using var pair = await LoopPair.OpenAsync(loop);
        var sent = Noise.OfLength(16 * Megabyte);
        var taken = 0;
        pair.Recorder.WhenWritable = Continue;
        await loop.OnLoop(Continue);
        Assert.InRange(Volatile.Read(ref taken), 1, sent.Length - 1);

        var received = await pair.ReadAsync(sent.Length);

        Assert.Equal(sent, received);
        Assert.Equal(sent.Length, Volatile.Read(ref taken));
        Assert.NotEqual(0, pair.Recorder.WritableCount);

        void Continue()
        {
            var more = -1;
            while (more != 0 && taken < sent.Length)
            {
                more = pair.Socket.TrySend(sent.AsSpan(taken, Math.Min(100_000, sent.Length - taken)));
                Volatile.Write(ref taken, taken + more);
                Assert.Equal(0, pair.Socket.UnsentBytes);
            }
        }
    }

    [Theory]
    [ClassData<Engines>]
    public async Task TrySend_BehindBytesThatAreKept_TakesNone(string engine)
    {
        using var loop = Engines.Start(engine);
        await using var pair = await LoopPair.OpenAsync(loop);

        var taken = await loop.OnLoop(() =>
        {
            pair.Socket.Send(new byte[16 * Megabyte]);
            return pair.Socket.TrySend("x"u8);
        });

        Assert.Equal(0, taken);
    }

    [Theory]
    [ClassData<Engines>]
    public async Task Finish_BehindBytesThatAreKept_IsSeenAfterThem(string engine)
    {
        using var loop = Engines.Start(engine);
        await using var pair = await LoopPair.OpenAsync(loop);
        var sent = Noise.OfLength(16 * Megabyte);

        await loop.OnLoop(() =>
        {
            pair.Socket.Send(sent);
            pair.Socket.ShutdownSend();
        });

        Assert.Equal(sent, await pair.ReadToEndAsync());
    }

    [Theory]
    [ClassData<Engines>]
    public async Task Finish_LeavesTheOtherDirectionOpen(string engine)
    {
        using var loop = Engines.Start(engine);
        await using var pair = await LoopPair.OpenReceivingAsync(loop);
        await loop.OnLoop(pair.Socket.ShutdownSend);
        Assert.Empty(await pair.ReadToEndAsync());

        pair.Peer.Send("still here"u8);
        pair.Peer.Shutdown(SocketShutdown.Send);

        await Deadline.Until("the end is told", () => pair.Recorder.EndedCount == 1);
        Assert.Equal("still here"u8, pair.Recorder.Bytes);
        await pair.SettleAsync();
        Assert.Empty(pair.Recorder.Errors);
    }

    [Theory]
    [ClassData<Engines>]
    public async Task Send_AfterThePeersEnd_IsStillPossible(string engine)
    {
        using var loop = Engines.Start(engine);
        await using var pair = await LoopPair.OpenReceivingAsync(loop);
        pair.Peer.Shutdown(SocketShutdown.Send);
        await Deadline.Until("the end is told", () => pair.Recorder.EndedCount == 1);
        var sent = Noise.OfLength(16 * Megabyte);

        await loop.OnLoop(() =>
        {
            pair.Socket.Send(sent);
            pair.Socket.ShutdownSend();
        });

        Assert.Equal(sent, await pair.ReadToEndAsync());
    }

    [Theory]
    [ClassData<Engines>]
    public async Task Send_ToAPeerThatHasReset_FailsLaterAndOnce(string engine)
    {
        using var loop = Engines.Start(engine);
        await using var pair = await LoopPair.OpenReceivingAsync(loop);

        var callsDuring = await loop.OnLoop(() =>
        {
            pair.ResetPeer();
            for (var i = 0; i < 10; i++)
            {
                pair.Socket.Send(new byte[100]);
                Assert.Equal(100, pair.Socket.TrySend(new byte[100]));
            }

            Assert.Equal(0, pair.Socket.UnsentBytes);
            return pair.Recorder.Calls;
        });

        Assert.Equal(0, callsDuring);
        await Deadline.Until("the failure is told", () => pair.Recorder.Errors.Length > 0);
        await pair.SettleAsync();
        Assert.Equal(1, pair.Recorder.Calls);
    }

    [Theory]
    [ClassData<Engines>]
    public async Task Failure_WithBytesKept_DropsThem(string engine)
    {
        using var loop = Engines.Start(engine);
        await using var pair = await LoopPair.OpenAsync(loop);
        await loop.OnLoop(() => pair.Socket.Send(new byte[16 * Megabyte]));

        pair.ResetPeer();

        await Deadline.Until("the failure is told", () => pair.Recorder.Errors.Length > 0);
        Assert.Equal(0, await loop.OnLoop(() => pair.Socket.UnsentBytes));
        Assert.Equal(0, pair.Recorder.WritableCount);
    }
}
