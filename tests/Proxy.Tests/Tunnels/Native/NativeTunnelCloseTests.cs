using WsBalancer.Proxy.Tests.Sockets.Loops;
using WsBalancer.Proxy.Tunnels;

namespace WsBalancer.Proxy.Tests.Tunnels.Native;

/// <summary>A native tunnel that is closed from any thread, with or without an answer.</summary>
public sealed class NativeTunnelCloseTests
{
    private static readonly byte[] SentClose = TestFrame.Close(1012);
    private static readonly byte[] Frame = TestFrame.Binary(1_000);

    [Theory]
    [ClassData<Engines>]
    public async Task AtRest_IsSentToTheClient_AnsweredToTheNode_AndEndsInOrder(string engine)
    {
        await using var bed = await NativeBed.OpenAsync(engine);

        Assert.True(Close(bed));
        await bed.Client.ReadsAsync(SentClose);
        await bed.Client.SendAsync(SentClose);
        await bed.Node.ReadsAsync(SentClose);
        bed.Node.Finish();

        await bed.Client.EndsAfterAsync([]);
        bed.Client.Finish();
        await bed.Node.EndsAfterAsync([]);
        Assert.Equal(TunnelEnd.Drain, await bed.EndAsync());
        Assert.False(bed.Tunnel.Forced);
    }

    [Theory]
    [ClassData<Engines>]
    public async Task BeforeItIsStarted_IsTheFirstThatTheClientReceives(string engine)
    {
        await using var bed = await NativeBed.PrepareAsync(engine, nodeUnread: Frame);

        Close(bed);
        await bed.Loop.OnLoop(bed.Flow.Start);
        await bed.Node.SendAsync(Frame);
        bed.Node.Finish();

        await bed.Client.EndsAfterAsync(SentClose);
    }

    [Theory]
    [ClassData<Engines>]
    public async Task InsideAFrame_FollowsItsLastByte_AndNothingFollowsIt(string engine)
    {
        await using var bed = await NativeBed.OpenAsync(engine);
        await bed.Node.SendAsync(Frame[..500]);
        var first = await bed.Client.ReadAsync(500);

        Close(bed);
        await bed.Node.SendAsync([.. Frame[500..], .. TestFrame.Binary(9)]);
        await bed.Node.SendAsync(Frame);
        var rest = await bed.Client.ReadAsync(Frame.Length - 500 + SentClose.Length);
        bed.Node.Finish();

        Assert.Equal([.. Frame, .. SentClose], first.Concat(rest));
        await bed.Client.EndsAfterAsync([]);
    }

    [Theory]
    [ClassData<Engines>]
    public async Task AfterIt_TheNodesFramesAreDropped_AndTheClientsAreRelayed(string engine)
    {
        await using var bed = await NativeBed.OpenAsync(engine);

        Close(bed);
        await bed.Client.ReadsAsync(SentClose);
        await bed.Node.SendAsync(TestFrame.Of(2, new byte[60_000]), TestFrame.Close(1000));
        await bed.Client.SendAsync(Frame);
        await bed.Node.ReadsAsync(Frame);
        bed.Node.Finish();

        await bed.Client.EndsAfterAsync([]);
        Assert.Equal(new TunnelTraffic(Frame.Length, 0, 1, 0), await bed.TrafficAsync());
    }

    [Theory]
    [ClassData<Engines>]
    public async Task NotAnswered_SendsACloseToTheNodeAfterTheTimeout_AndCutsASecondLater(string engine)
    {
        await using var bed = await NativeBed.OpenAsync(engine);

        Close(bed);
        await bed.Client.SendAsync(Frame);
        await bed.Node.ReadsAsync(Frame);
        await bed.AdvanceAsync(bed.Tunnel.CloseTimeout);
        var close = await bed.Node.ReadAsync(8);
        Assert.Equal([0x88, 0x82], close[..2]);
        Assert.Equal(1001, ((close[6] ^ close[2]) << 8) | (close[7] ^ close[3]));
        await bed.Client.SendAsync(Frame);
        Assert.Empty(bed.Ends);
        await bed.AdvanceAsync(TimeSpan.FromSeconds(1));

        await bed.Node.EndsAfterAsync([]);
        await bed.Client.EndsAfterAsync(SentClose);
        Assert.True(bed.Tunnel.Forced);
        bed.Client.Finish();
        bed.Node.Finish();
        Assert.Equal(TunnelEnd.Drain, await bed.EndAsync());
    }

    [Theory]
    [ClassData<Engines>]
    public async Task InsideAFrameThatNeverEnds_IsNeverSent_AndTheTunnelIsCut(string engine)
    {
        await using var bed = await NativeBed.OpenAsync(engine);
        await bed.Node.SendAsync(Frame[..500]);
        await bed.Client.SendAsync(Frame[..300]);
        await bed.Client.ReadsAsync(Frame[..500]);
        await bed.Node.ReadsAsync(Frame[..300]);

        Close(bed);
        await bed.AdvanceAsync(bed.Tunnel.CloseTimeout);
        await bed.AdvanceAsync(TimeSpan.FromSeconds(1));

        await bed.Client.EndsAfterAsync([]);
        await bed.Node.EndsAfterAsync([]);
        Assert.True(bed.Tunnel.Forced);
        bed.Client.Finish();
        bed.Node.Finish();
        Assert.Equal(TunnelEnd.Drain, await bed.EndAsync());
    }

    [Theory]
    [ClassData<Engines>]
    public async Task AnsweredToANodeThatStays_CutsAfterTheTimeoutWithoutForce(string engine)
    {
        await using var bed = await NativeBed.OpenAsync(engine);

        Close(bed);
        await bed.Client.SendAsync(SentClose);
        await bed.Node.ReadsAsync(SentClose);
        await bed.AdvanceAsync(bed.Tunnel.CloseTimeout);

        await bed.Client.EndsAfterAsync(SentClose);
        Assert.True((await bed.Node.ReadToEndAsync()).Fin);
        await bed.UntilOver();
        Assert.Equal((TunnelEnd.Drain, false), (Assert.Single(bed.Ends), bed.Tunnel.Forced));
    }

    // The client blocks the node until the client is abandoned; then the node's answer and end are received.
    [Theory]
    [ClassData<Engines>]
    public async Task NotAnswered_ByAClientThatTakesNothing_UnblocksTheNode_AndResetsTheClient(string engine)
    {
        await using var bed = await NativeBed.OpenAsync(engine);
        var flood = bed.Node.SendAsync([.. Enumerable.Repeat(TestFrame.Of(2, new byte[60_000]), 300)]);
        await bed.UntilHeldUpAsync(both => both.ForClient);

        Close(bed);
        await bed.AdvanceAsync(bed.Tunnel.CloseTimeout);
        Assert.Equal(8, (await bed.Node.ReadAsync(8)).Length);
        await flood.WaitAsync(Deadline.Default, TestContext.Current.CancellationToken);
        bed.Node.Finish();

        await bed.Node.EndsAfterAsync([]);
        Assert.Equal(TunnelEnd.Drain, await bed.EndAsync());
        Assert.False((await bed.Client.ReadToEndAsync()).Fin);
    }

    [Theory]
    [ClassData<Engines>]
    public async Task UnderBackPressure_AClientThatReadsAgain_GetsWholeFramesThenTheClose(string engine)
    {
        await using var bed = await NativeBed.OpenAsync(engine);
        var frame = TestFrame.Of(2, new byte[60_000]);
        var flood = bed.Node.SendAsync([.. Enumerable.Repeat(frame, 100)]);
        await bed.UntilHeldUpAsync(both => both.ForClient);

        Close(bed);
        var answer = bed.Client.ReadToEndAsync();
        await flood.WaitAsync(Deadline.Default, TestContext.Current.CancellationToken);
        bed.Node.Finish();
        var (bytes, fin) = await answer;

        Assert.True(fin);
        Assert.Equal(SentClose, bytes[^4..]);
        Assert.Equal(0, (bytes.Length - 4) % frame.Length);
        Assert.InRange(bytes.Length / frame.Length, 1, 99);
    }

    // Called from a thread of the pool, as by drains.
    private static bool Close(NativeBed bed) => bed.Tunnel.Close(TunnelEnd.Drain, 1012, "");
}
