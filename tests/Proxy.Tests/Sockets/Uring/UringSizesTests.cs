using System.Net.Sockets;
using Microsoft.Extensions.Logging.Abstractions;
using WsBalancer.Proxy.Tests.Sockets.Loops;
using WsBalancer.Sockets.Uring;

namespace WsBalancer.Proxy.Tests.Sockets.Uring;

/// <summary>Queues and buffers that are far too small: all of them run out, and no byte may be lost.</summary>
public sealed class UringSizesTests : IDisposable
{
    private readonly UringLoop _loop;

    public UringSizesTests()
    {
        Loops.Engines.SkipWithoutUring();
        _loop = Start(receiveLimit: 10_000);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(10_000)]
    public async Task Relays_OfManyStreams_AreByteExact(int receiveLimit)
    {
        using var loop = Start(receiveLimit);
        await Task.WhenAll(Enumerable.Range(1, 10).Select(RelayOne));

        async Task RelayOne(int seed)
        {
            await using var from = await LoopPair.OpenAsync(loop);
            await using var to = await LoopPair.OpenAsync(loop);
            var sent = Noise.OfLength(1_000_000, seed);
            await loop.OnLoop(() => Relay.Start(from.Socket, to.Socket));
            var reading = to.ReadToEndAsync();

            foreach (var piece in Noise.Pieces(sent, seed))
            {
                await from.Peer.SendAsync(piece, TestContext.Current.CancellationToken);
            }

            from.Peer.Shutdown(SocketShutdown.Send);
            Assert.Equal(sent, await reading);
        }
    }

    [Fact]
    public Task Sends_ThatAllFallShortAtOnce_LoseNothing() => SendToSlowReaders(_loop);

    [Fact]
    public async Task Sends_ThatFallShort_LoseNothingWithRoomForMany()
    {
        using var loop = new UringLoop(0, TimeProvider.System, NullLogger.Instance, Loops.Engines.Store);
        loop.Start();

        await SendToSlowReaders(loop);
    }

    [Fact]
    public async Task Sockets_ThatAllHaveBytesAtOnce_AreAllNotified()
    {
        var pairs = await OpenAsync(_loop, 60);

        // While the loop runs this action, it cannot process completions.
        await _loop.OnLoop(() => pairs.ForEach(pair => pair.Peer.Send(Noise.OfLength(3_000))));

        await Deadline.Until("all has come", () => pairs.TrueForAll(pair => pair.Recorder.Length >= 3_000));
        Assert.All(pairs, pair => Assert.Equal(Noise.OfLength(3_000), pair.Recorder.Bytes));
        await CloseAsync(pairs);
    }

    [Fact]
    public async Task Sockets_ThatAllCloseAtOnce_AreAllSeenToEnd()
    {
        var pairs = await OpenAsync(_loop, 60);

        await _loop.OnLoop(() => pairs.ForEach(pair => pair.Socket.Close()));

        foreach (var pair in pairs)
        {
            Assert.Empty(await pair.ReadToEndAsync());
        }

        await CloseAsync(pairs);
    }

    // The kernel ends the polls for errors whose FIN finds no room in the completion queue.
    [Fact]
    public async Task Sockets_WhosePeersAllSendFinAtOnce_AllNoticeALaterReset()
    {
        var pairs = await OpenAsync(_loop, 60);

        await _loop.OnLoop(() => pairs.ForEach(pair => pair.Peer.Shutdown(SocketShutdown.Send)));
        await Deadline.Until("each FIN is delivered", () => pairs.TrueForAll(pair => pair.Recorder.EndedCount == 1));
        pairs.ForEach(pair => pair.ResetPeer());

        await Deadline.Until("each RST is delivered", () => pairs.TrueForAll(pair => pair.Recorder.Errors.Length == 1));
        await CloseAsync(pairs);
    }

    public void Dispose() => _loop.Dispose();

    private static UringLoop Start(int receiveLimit)
    {
        var sizes = new RingSizes(8, 8, Buffers: 4, BufferSize: 1000, HasOwnListener: true, receiveLimit);
        var loop = new UringLoop(0, TimeProvider.System, NullLogger.Instance, Loops.Engines.Store, sizes);
        loop.Start();
        return loop;
    }

    // No peer reads before everything is sent: the kernel accepts only parts of the sends, on many sockets in one turn.
    private static async Task SendToSlowReaders(UringLoop loop)
    {
        const int Length = 10_000_000;
        var from = await OpenAsync(loop, 8);
        var to = await OpenAsync(loop, 8);
        await loop.OnLoop(() =>
        {
            foreach (var (source, target) in from.Zip(to))
            {
                target.Peer.ReceiveBufferSize = 64 * 1024;
                source.Socket.Handler = new Passing(target.Socket);
            }
        });

        await Task.WhenAll(from.Select((pair, seed) => pair.Peer.SendAsync(
            Noise.OfLength(Length, seed), TestContext.Current.CancellationToken).AsTask()));

        await Deadline.Until(
            "of none all is taken", () => loop.OnLoop(() => to.TrueForAll(pair => pair.Socket.UnsentBytes > 0)));
        for (var seed = 0; seed < to.Count; seed++)
        {
            var received = await to[seed].ReadAsync(Length);
            Assert.True(received.AsSpan().SequenceEqual(Noise.OfLength(Length, seed)), $"Stream {seed} is not exact.");
        }

        await CloseAsync([.. from, .. to]);
    }

    private static async Task<List<LoopPair>> OpenAsync(UringLoop loop, int count)
    {
        var pairs = new List<LoopPair>();
        for (var i = 0; i < count; i++)
        {
            pairs.Add(await LoopPair.OpenReceivingAsync(loop));
        }

        return pairs;
    }

    private static async Task CloseAsync(List<LoopPair> pairs)
    {
        foreach (var pair in pairs)
        {
            await pair.DisposeAsync();
        }
    }
}
