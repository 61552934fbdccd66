using System.Net.Sockets;

namespace WsBalancer.Proxy.Tests.Sockets.Loops;

/// <summary>A loop without work takes no turns.</summary>
public sealed class RestTests
{
    private const int RoundTrips = 200;

    [Theory]
    [ClassData<Engines>]
    public async Task Loop_WhosePeerHasFinishedAndDoesNotRead_Rests(string engine)
    {
        var time = new CountingTime();
        using var loop = Engines.Start(engine, time: time);
        await using var pair = await LoopPair.OpenReceivingAsync(loop);
        pair.Peer.Shutdown(SocketShutdown.Send);
        await Deadline.Until("the FIN is received", () => pair.Recorder.EndedCount == 1);

        var sent = Noise.OfLength(20_000_000);
        await loop.OnLoop(() => pair.Socket.Send(sent));
        await pair.SettleAsync();
        var before = time.Timestamps;
        for (var i = 0; i < RoundTrips; i++)
        {
            await loop.OnLoop(() => { });
        }

        // One turn for the posted action, and one more for the wake-up that follows it.
        Assert.InRange(time.Timestamps - before, 0, 2 * RoundTrips);
        Assert.Equal(sent, await pair.ReadAsync(sent.Length));
    }

    /// <summary>Counts the turns of a loop, which reads the time once per turn.</summary>
    private sealed class CountingTime : TimeProvider
    {
        private long _timestamps;

        public long Timestamps => Interlocked.Read(ref _timestamps);

        public override long GetTimestamp()
        {
            Interlocked.Increment(ref _timestamps);
            return base.GetTimestamp();
        }
    }
}
