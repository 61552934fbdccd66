using WsBalancer.Proxy.Tests.Sockets.Loops;
using WsBalancer.Proxy.Tunnels;
using WsBalancer.Proxy.Tunnels.Native;
using WsBalancer.Sockets.Loops;

namespace WsBalancer.Proxy.Tests.Tunnels.Native;

/// <summary>A live tunnel that is written to a record, and continues from that record.</summary>
public sealed class NativeHandoverTests
{
    private static readonly byte[] Question = TestFrame.Binary(200);

    [Theory]
    [ClassData<Engines>]
    public async Task InTheMiddleOfEverything_ContinuesAtTheSameByte(string engine)
    {
        await using var bed = await NativeBed.OpenAsync(engine);
        byte[][] payload = [.. Enumerable.Range(0, 100).Select(i => TestFrame.Of(2, Noise.OfLength(50_000, i)))];
        byte[] sent = [.. payload.SelectMany(frame => frame)];
        var flood = bed.Node.SendAsync(payload);
        await bed.UntilHeldUpAsync(both => both.ForClient);

        // Half of a frame header.
        await bed.Client.SendAsync(Question[..3]);
        await bed.Node.ReadsAsync(Question[..3]);
        await bed.AdvanceAsync(TimeSpan.FromSeconds(30));

        var record = (await bed.ReleaseAsync())!.ToBytes();
        Assert.Equal(0, bed.Loop.SocketCount);
        Assert.Empty(bed.Ends);
        using var loop = Engines.Start(engine, time: bed.Time);
        var ends = new List<TunnelEnd>();
        var tunnel = await loop.OnLoop(() => Restore(TunnelRecord.Parse(record), loop, ends.Add).Tunnel);
        await bed.Client.SendAsync(Question[3..]);
        await bed.Node.ReadsAsync(Question[3..]);
        await bed.Client.ReadsAsync(sent);
        await flood;

        Assert.Equal(bed.Tunnel.Identity, tunnel.Identity);
        Assert.Equal(bed.Tunnel.OpenedAt, tunnel.OpenedAt);
        Assert.Equal(TimeSpan.FromSeconds(30), tunnel.Age);
        Assert.Equal(
            new TunnelTraffic(Question.Length, sent.Length, 1, payload.Length),
            await loop.OnLoop(() => tunnel.Traffic));

        // The restored tunnel is between two frames, so that it can send the Close at once.
        Assert.True(tunnel.Close(TunnelEnd.Drain, 1012, ""));
        await bed.Client.ReadsAsync(TestFrame.Close(1012));
        bed.Node.Finish();
        bed.Client.Finish();
        await Deadline.Until("both sockets are closed", () => loop.SocketCount == 0);
        Assert.Equal([TunnelEnd.Drain], ends);
    }

    [Theory]
    [ClassData<Engines>]
    public async Task EndDuringTheHandover_IsReceivedAfterwards(string engine)
    {
        await using var bed = await NativeBed.OpenAsync(engine);

        var record = (await bed.ReleaseAsync())!;
        await bed.Node.SendAsync(Question);
        bed.Node.Finish();
        using var loop = Engines.Start(engine, time: bed.Time);
        await loop.OnLoop(() => Restore(record, loop));

        await bed.Client.EndsAfterAsync(Question);
        bed.Client.Finish();
        await Deadline.Until("both sockets are closed", () => loop.SocketCount == 0);
    }

    [Theory]
    [InlineData("epoll", "epoll")]
    [InlineData("io_uring", "io_uring")]
    [InlineData("epoll", "io_uring")]
    public async Task BackAndForthWhileBothSend_LosesNothing(string engine, string other)
    {
        await using var bed = await NativeBed.OpenAsync(engine);
        using var loop = Engines.Start(other, time: bed.Time);
        byte[][] payload = [.. Enumerable.Range(0, 400).Select(i => TestFrame.Of(2, Noise.OfLength(i * 50, i)))];
        byte[] sent = [.. payload.SelectMany(frame => frame)];
        var talk = Task.WhenAll(
            bed.Client.SendAsync(payload),
            bed.Client.ReadsAsync(sent),
            bed.Node.SendAsync(payload),
            bed.Node.ReadsAsync(sent));

        var (here, there, flow) = (bed.Loop, loop, bed.Flow);
        for (var moves = 0; !talk.IsCompleted || moves < 20; moves++)
        {
            var record = await here.OnLoopAsync(() => new ValueTask<TunnelRecord?>(flow.ReleaseAsync()));
            (here, there) = (there, here);
            flow = await here.OnLoop(() => Restore(record!, here));
        }

        await talk;
        Assert.Equal(
            new TunnelTraffic(sent.Length, sent.Length, payload.Length, payload.Length),
            await here.OnLoop(() => flow.Tunnel.Traffic));
        bed.Client.Finish();
        bed.Node.Finish();
        await Deadline.Until("both sockets are closed", () => bed.Loop.SocketCount + loop.SocketCount == 0);
    }

    [Theory]
    [ClassData<Engines>]
    public async Task BytesSentBeforeTheRelease_AreRelayedFirst(string engine)
    {
        await using var bed = await NativeBed.OpenAsync(engine);
        using var loop = Engines.Start(engine, time: bed.Time);
        var answer = TestFrame.Binary(300);

        // All steps run on the loop's thread, so that the loop has no turn between the release and the next owner's
        // start.
        var received = await bed.Loop.OnLoopAsync(() => new ValueTask<byte[]>(MoveAsync()));

        Assert.Equal([.. Question, .. answer], received);

        async Task<byte[]> MoveAsync()
        {
            bed.Node.SendNow(Question);
            var record = await bed.Flow.ReleaseAsync();
            loop.OnLoopNow(() => Restore(record!, loop));
            bed.Node.SendNow(answer);
            return bed.Client.ReadNow(Question.Length + answer.Length);
        }
    }

    // With epoll, a release completes at once: no close can happen during it.
    [Fact]
    public async Task ATunnelThatBeginsToCloseDuringTheRelease_StaysAndIsRelayed()
    {
        await using var bed = await NativeBed.OpenAsync("io_uring");

        var record = await bed.Loop.OnLoopAsync(() =>
        {
            var release = bed.Flow.ReleaseAsync();
            bed.Tunnel.Close(TunnelEnd.Drain, 1012, "");
            return new ValueTask<TunnelRecord?>(release);
        });
        await bed.Client.ReadsAsync(TestFrame.Close(1012));
        await bed.Client.SendAsync(Question);

        Assert.Null(record);
        await bed.Node.ReadsAsync(Question);
    }

    [Theory]
    [ClassData<Engines>]
    public async Task ATunnelThatCloses_Stays(string engine)
    {
        await using var bed = await NativeBed.OpenAsync(engine);

        bed.Tunnel.Close(TunnelEnd.Drain, 1012, "");

        Assert.Null(await bed.ReleaseAsync());
        await bed.Client.ReadsAsync(TestFrame.Close(1012));
    }

    [Theory]
    [ClassData<Engines>]
    public async Task ATunnelThatIsOver_Stays(string engine)
    {
        await using var bed = await NativeBed.OpenAsync(engine);

        bed.Node.Finish();
        await bed.UntilOver();

        Assert.Null(await bed.ReleaseAsync());
    }

    private static NativeTunnel Restore(TunnelRecord record, EventLoop loop, Action<TunnelEnd>? ended = null)
    {
        var flow = NativeTunnel.Restore(
            record,
            loop,
            new TunnelOptions(),
            new TunnelLedger(),
            NativeBed.MaxBuffered,
            over => ended?.Invoke(over.Finish(TunnelEnd.Error)));
        flow.Start();
        return flow;
    }
}
