using WsBalancer.Proxy.Tests.Sockets.Loops;
using WsBalancer.Proxy.Tunnels;
using WsBalancer.Proxy.Tunnels.Native;

namespace WsBalancer.Proxy.Tests.Tunnels.Native;

/// <summary>A live tunnel that is written down, and gone on with from what is written.</summary>
public sealed class NativeHandoverTests
{
    private const string Engine = "epoll";

    private static readonly byte[] Question = TestFrame.Binary(200);

    [Fact]
    public async Task InTheMiddleOfEverything_GoesOnAtTheByte()
    {
        await using var bed = await NativeBed.OpenAsync(Engine);
        byte[][] words = [.. Enumerable.Range(0, 100).Select(i => TestFrame.Of(2, [.. Noise(i, 50_000)]))];
        byte[] said = [.. words.SelectMany(frame => frame)];
        var flood = bed.Node.SendAsync(words);
        await bed.UntilHeldUpAsync(both => both.ForClient);

        // Half of a header.
        await bed.Client.SendAsync(Question[..3]);
        await bed.Node.ReadsAsync(Question[..3]);
        bed.Time.Advance(TimeSpan.FromSeconds(30));

        var record = await bed.Loop.OnLoop(() => bed.Flow.Release()!.ToBytes());
        Assert.Equal(0, bed.Loop.Sockets);
        Assert.Empty(bed.Ends);
        using var loop = Engines.Start(Engine, time: bed.Time);
        var ends = new List<TunnelEnd>();
        var tunnel = await loop.OnLoop(() =>
        {
            var flow = NativeTunnel.Restore(
                TunnelRecord.Parse(record),
                loop,
                new TunnelOptions(),
                new TunnelLedger(),
                NativeBed.MaxBuffered,
                over => ends.Add(over.Finish(TunnelEnd.Error)));
            flow.Start();
            return flow.Tunnel;
        });
        await bed.Client.SendAsync(Question[3..]);
        await bed.Node.ReadsAsync(Question[3..]);
        await bed.Client.ReadsAsync(said);
        await flood;

        Assert.Equal(bed.Tunnel.Identity, tunnel.Identity);
        Assert.Equal(bed.Tunnel.OpenedAt, tunnel.OpenedAt);
        Assert.Equal(TimeSpan.FromSeconds(30), tunnel.Age);
        Assert.Equal(new TunnelTraffic(Question.Length, said.Length, 1, words.Length), tunnel.Traffic);

        // Between two frames it is, and knows it.
        Assert.True(tunnel.Close(TunnelEnd.Drain, 1012, ""));
        await bed.Client.ReadsAsync(TestFrame.Close(1012));
        bed.Node.Finish();
        bed.Client.Finish();
        await Deadline.Until("both sockets are closed", () => loop.Sockets == 0);
        Assert.Equal([TunnelEnd.Drain], ends);
    }

    [Fact]
    public async Task WhoeverEndedMeanwhile_IsHeardOutAfterwards()
    {
        await using var bed = await NativeBed.OpenAsync(Engine);

        var record = await bed.Loop.OnLoop(() => bed.Flow.Release()!);
        await bed.Node.SendAsync(Question);
        bed.Node.Finish();
        using var loop = Engines.Start(Engine, time: bed.Time);
        await loop.OnLoop(() => NativeTunnel.Restore(
            record, loop, new TunnelOptions(), new TunnelLedger(), NativeBed.MaxBuffered, _ => { }).Start());

        await bed.Client.EndsAfterAsync(Question);
        bed.Client.Finish();
        await Deadline.Until("both sockets are closed", () => loop.Sockets == 0);
    }

    [Fact]
    public async Task ATunnelThatCloses_Stays()
    {
        await using var bed = await NativeBed.OpenAsync(Engine);

        bed.Tunnel.Close(TunnelEnd.Drain, 1012, "");

        Assert.Null(await bed.Loop.OnLoop(bed.Flow.Release));
        await bed.Client.ReadsAsync(TestFrame.Close(1012));
    }

    [Fact]
    public async Task ATunnelThatIsOver_Stays()
    {
        await using var bed = await NativeBed.OpenAsync(Engine);

        bed.Node.Finish();
        await bed.UntilOver();

        Assert.Null(await bed.Loop.OnLoop(bed.Flow.Release));
    }

    private static byte[] Noise(int seed, int length)
    {
        var noise = new byte[length];
        new Random(seed).NextBytes(noise);
        return noise;
    }
}
