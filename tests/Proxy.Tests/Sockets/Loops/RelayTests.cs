using System.Net.Sockets;

namespace WsBalancer.Proxy.Tests.Sockets.Loops;

public sealed class RelayTests
{
    [Theory]
    [ClassData<Engines>]
    public async Task Relay_OfALargeStream_IsByteExactUnderBackPressure(string engine)
    {
        using var loop = Engines.Start(engine);
        await using var from = await LoopPair.OpenAsync(loop);
        await using var to = await LoopPair.OpenAsync(loop);
        var sent = Noise.OfLength(24 * 1024 * 1024);
        await loop.OnLoop(() => Relay.Start(from.Socket, to.Socket));

        var sending = from.Peer.SendAsync(sent, TestContext.Current.CancellationToken).AsTask();
        await Deadline.Until("the relay is full", () => loop.OnLoop(() => to.Socket.UnsentBytes > 0));
        var reading = to.ReadToEndAsync();
        await sending;
        from.Peer.Shutdown(SocketShutdown.Send);

        Assert.Equal(sent, await reading);
    }

    [Theory]
    [ClassData<Engines>]
    public async Task Relay_OfManyStreamsAtOnce_MixesNothingUp(string engine)
    {
        using var loop = Engines.Start(engine);
        await Task.WhenAll(Enumerable.Range(1, 8).Select(RelayOne));

        async Task RelayOne(int seed)
        {
            await using var from = await LoopPair.OpenAsync(loop);
            await using var to = await LoopPair.OpenAsync(loop);
            var sent = Noise.OfLength(2 * 1024 * 1024, seed);
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

    [Theory]
    [ClassData<Engines>]
    public async Task Relay_OfMessages_AllocatesNothingForThem(string engine)
    {
        const int Messages = 2_000;
        using var loop = Engines.Start(engine);
        await using var from = await LoopPair.OpenAsync(loop);
        await using var to = await LoopPair.OpenAsync(loop);
        await loop.OnLoop(() => Relay.Start(from.Socket, to.Socket));
        PassOn(from, to, 100);

        // The allocations of a message occur in every round, but those of the measurement and the runtime do not.
        var least = long.MaxValue;
        for (var round = 0; round < 5; round++)
        {
            var before = await loop.OnLoop(GC.GetAllocatedBytesForCurrentThread);
            PassOn(from, to, Messages);
            var after = await loop.OnLoop(GC.GetAllocatedBytesForCurrentThread);
            least = Math.Min(least, after - before);
        }

        Assert.InRange(least, 0, Messages - 1);
    }

    private static void PassOn(LoopPair from, LoopPair to, int messages)
    {
        var message = new byte[64];
        to.Peer.ReceiveTimeout = (int)Deadline.Default.TotalMilliseconds;
        for (var i = 0; i < messages; i++)
        {
            from.Peer.Send(message);
            for (var received = 0; received < message.Length;)
            {
                received += to.Peer.Receive(message);
            }
        }
    }
}
