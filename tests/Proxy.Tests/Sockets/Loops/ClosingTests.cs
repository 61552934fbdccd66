using System.Net.Sockets;
using Microsoft.Extensions.Logging.Testing;
using WsBalancer.Sockets.Loops;

namespace WsBalancer.Proxy.Tests.Sockets.Loops;

public sealed class ClosingTests
{
    [Theory]
    [ClassData<Engines>]
    public async Task Close_IsSeenAsAnEnd(string engine)
    {
        using var loop = Engines.Start(engine);
        await using var pair = await LoopPair.OpenReceivingAsync(loop);

        await loop.OnLoop(() =>
        {
            pair.Socket.Send("bye"u8);
            pair.Socket.Close();
        });

        Assert.Equal("bye"u8.ToArray(), await pair.ReadToEndAsync());
        Assert.True(await loop.OnLoop(() => pair.Socket.IsClosed));
        Assert.Equal(0, loop.SocketCount);
    }

    [Theory]
    [ClassData<Engines>]
    public async Task TheEndOfTheLoop_IsSeenAsAnEnd(string engine)
    {
        var loop = Engines.Start(engine);
        var pair = await LoopPair.OpenReceivingAsync(loop);
        using var peer = pair.Peer;

        loop.Dispose();

        Assert.Empty(await pair.ReadToEndAsync());
    }

    [Theory]
    [ClassData<Engines>]
    public async Task Reset_IsSeenAsAReset(string engine)
    {
        using var loop = Engines.Start(engine);
        await using var pair = await LoopPair.OpenReceivingAsync(loop);

        await loop.OnLoop(pair.Socket.Reset);

        var failure = await Assert.ThrowsAsync<SocketException>(() => ReadAsync(pair.Peer));
        Assert.Equal(SocketError.ConnectionReset, failure.SocketErrorCode);
        Assert.Equal(0, loop.SocketCount);
    }

    [Theory]
    [ClassData<Engines>]
    public async Task Close_WithBytesKept_DropsThem(string engine)
    {
        using var loop = Engines.Start(engine);
        await using var pair = await LoopPair.OpenAsync(loop);

        await loop.OnLoop(() =>
        {
            pair.Socket.Send(new byte[16 * 1024 * 1024]);
            pair.Socket.Close();
            Assert.Equal(0, pair.Socket.UnsentBytes);
        });

        Assert.InRange((await pair.ReadToEndAsync()).Length, 1, (16 * 1024 * 1024) - 1);
    }

    [Theory]
    [ClassData<Engines>]
    public async Task Close_InsideOfACall_IsTheEndOfAllCalls(string engine)
    {
        using var loop = Engines.Start(engine);
        await using var pair = await LoopPair.OpenReceivingAsync(loop);
        pair.Recorder.WhenReceived = pair.Socket.Close;

        await loop.OnLoop(() =>
        {
            pair.Peer.Send(new byte[100 * 1024]);
            pair.Peer.Shutdown(SocketShutdown.Send);
        });

        await Deadline.Until("it is closed", () => loop.OnLoop(() => pair.Socket.IsClosed));
        await pair.SettleAsync();
        Assert.Equal(1, pair.Recorder.Calls);
    }

    [Theory]
    [ClassData<Engines>]
    public async Task Close_InsideOfAnothersCall_DropsNotificationsOfTheSameTurn(string engine)
    {
        using var loop = Engines.Start(engine);
        await using var one = await LoopPair.OpenReceivingAsync(loop);
        await using var two = await LoopPair.OpenReceivingAsync(loop);
        one.Recorder.WhenReceived = two.Socket.Close;
        two.Recorder.WhenReceived = one.Socket.Close;

        await loop.OnLoop(() =>
        {
            one.Peer.Send("a"u8);
            two.Peer.Send("b"u8);
        });

        await Deadline.Until("one is told", () => one.Recorder.Calls + two.Recorder.Calls > 0);
        await one.SettleAsync();
        Assert.Equal(1, one.Recorder.Calls + two.Recorder.Calls);
        Assert.Equal(1, loop.SocketCount);
    }

    [Theory]
    [ClassData<Engines>]
    public async Task Close_DropsAPendingFailure(string engine)
    {
        using var loop = Engines.Start(engine);
        await using var pair = await LoopPair.OpenReceivingAsync(loop);

        await loop.OnLoop(() =>
        {
            pair.ResetPeer();
            pair.Socket.Send("x"u8);
            pair.Socket.Send("y"u8);
            pair.Socket.Close();
        });

        await pair.SettleAsync();
        Assert.Equal(0, pair.Recorder.Calls);
    }

    [Theory]
    [ClassData<Engines>]
    public async Task ClosedSocket_TouchesNothingOfTheOneThatHasItsDescriptorNow(string engine)
    {
        using var loop = Engines.Start(engine);
        await using var old = await LoopPair.OpenReceivingAsync(loop);
        await loop.OnLoop(old.Socket.Close);

        // The kernel assigns the lowest free number: that of the old socket, or one that another test has released.
        await using var other = await LoopPair.OpenReceivingAsync(loop);
        await loop.OnLoop(() =>
        {
            old.Socket.Send("nobody's"u8);
            Assert.Equal(1, old.Socket.TrySend("x"u8));
            old.Socket.Receive();
            old.Socket.Pause();
            old.Socket.ShutdownSend();
            old.Socket.Reset();
            old.Socket.Close();
            other.Socket.Send("the other's"u8);
            other.Socket.ShutdownSend();
        });

        Assert.Equal("the other's"u8.ToArray(), await other.ReadToEndAsync());
        other.Peer.Send("hello"u8);
        await Deadline.Until("it still receives", () => other.Recorder.Length == 5);
        Assert.Equal(0, old.Recorder.Calls);
    }

    [Theory]
    [ClassData<Engines>]
    public async Task Handler_ChangedInsideOfACall_ReceivesTheRest(string engine)
    {
        using var loop = Engines.Start(engine);
        await using var pair = await LoopPair.OpenReceivingAsync(loop);
        var sent = Noise.OfLength(150_000);
        var second = new Recorder();
        pair.Recorder.WhenReceived = () => pair.Socket.Handler = second;

        await loop.OnLoop(() =>
        {
            pair.Peer.Send(sent);
            pair.Peer.Shutdown(SocketShutdown.Send);
        });

        await Deadline.Until("the second is told the end", () => second.EndedCount == 1);
        Assert.Equal(1, pair.Recorder.Calls);
        Assert.Equal(sent, pair.Recorder.Bytes.Concat(second.Bytes));
    }

    [Theory]
    [ClassData<Engines>]
    public async Task Handler_ThatThrows_LosesItsSocketAndNoOther(string engine)
    {
        var log = new FakeLogger();
        using var loop = Engines.Start(engine, log);
        await using var bad = await LoopPair.OpenReceivingAsync(loop);
        await using var good = await LoopPair.OpenReceivingAsync(loop);
        bad.Recorder.WhenReceived = () => throw new InvalidOperationException("A fault of the test.");

        await loop.OnLoop(() =>
        {
            bad.Peer.Send("a"u8);
            good.Peer.Send("b"u8);
        });

        var failure = await Assert.ThrowsAsync<SocketException>(() => ReadAsync(bad.Peer));
        Assert.Equal(SocketError.ConnectionReset, failure.SocketErrorCode);
        await Deadline.Until("the other has received", () => good.Recorder.Length == 1);
        Assert.Equal(1, loop.SocketCount);
        Assert.Equal("A fault of the test.", Assert.Single(log.Collector.GetSnapshot()).Exception?.Message);
    }

    [Theory]
    [ClassData<Engines>]
    public async Task Sockets_ByTheThousand_LeaveNoDescriptorBehind(string engine)
    {
        using var loop = Engines.Start(engine);
        var seen = new HashSet<string>();
        for (var round = 0; round < 10; round++)
        {
            var pairs = new List<LoopPair>();
            for (var i = 0; i < 100; i++)
            {
                var pair = await LoopPair.OpenReceivingAsync(loop);
                pairs.Add(pair);
                seen.Add(NameOf($"/proc/self/fd/{pair.Socket.Descriptor}"));
            }

            await CloseEachInAWayOfItsOwn(loop, pairs);
        }

        // Other tests open and close descriptors concurrently: only the descriptors of this test count.
        Assert.Equal(1000, seen.Count);
        Assert.Equal(0, loop.SocketCount);
        Assert.DoesNotContain(Directory.GetFiles("/proc/self/fd").Select(NameOf), seen.Contains);
    }

    private static async Task CloseEachInAWayOfItsOwn(EventLoop loop, List<LoopPair> pairs)
    {
        foreach (var (i, pair) in pairs.Index())
        {
            switch (i % 4)
            {
                case 0:
                    await loop.OnLoop(pair.Socket.Reset);
                    break;
                case 1:
                    pair.ResetPeer();
                    await Deadline.Until("it failed", () => pair.Recorder.Errors.Length == 1);
                    break;
                case 2:
                    pair.Peer.Shutdown(SocketShutdown.Send);
                    await Deadline.Until("it ended", () => pair.Recorder.EndedCount == 1);
                    break;
                default:
                    await loop.OnLoop(pair.Socket.ShutdownSend);
                    break;
            }

            await pair.DisposeAsync();
        }
    }

    // The name, such as "socket:[4711]", contains a number that no other socket has.
    private static string NameOf(string descriptor) => new FileInfo(descriptor).LinkTarget ?? "";

    private static async Task<int> ReadAsync(Socket peer) => await peer.ReceiveAsync(
        new byte[1], TestContext.Current.CancellationToken).AsTask().WaitAsync(Deadline.Default);
}
