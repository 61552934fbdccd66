using WsBalancer.Proxy.Tests.Sockets.Loops;
using WsBalancer.Proxy.Tunnels;

namespace WsBalancer.Proxy.Tests.Tunnels.Native;

/// <summary>The end of a tunnel after the FIN of one peer, or after the Close of both.</summary>
public sealed class NativeHalfCloseTests
{
    private static readonly byte[] Words = TestFrame.Binary(50_000);
    private static readonly byte[] Close = TestFrame.Close(1000);

    [Theory]
    [ClassData<Engines>]
    public async Task BothHaveClosed_EndsAtOnce_ThoughNeitherEnds(string engine)
    {
        await using var bed = await NativeBed.OpenAsync(engine);

        await bed.Client.SendAsync(Close);
        await bed.Node.ReadsAsync(Close);
        await bed.Node.SendAsync(Words, Close);

        await bed.Client.EndsAfterAsync([.. Words, .. Close]);
        await bed.Node.EndsAfterAsync([]);
        await bed.UntilOver();
        bed.Client.Finish();
        bed.Node.Finish();
        Assert.Equal(TunnelEnd.Client, await bed.EndAsync());
    }

    [Theory]
    [ClassData<Engines>]
    public async Task BothHaveClosed_TheNodeFirst_EndsAtOnce(string engine)
    {
        await using var bed = await NativeBed.OpenAsync(engine);

        await bed.Node.SendAsync(Close);
        await bed.Client.ReadsAsync(Close);
        await bed.Client.SendAsync(Words, Close);

        await bed.Node.EndsAfterAsync([.. Words, .. Close]);
        await bed.Client.EndsAfterAsync([]);
        bed.Client.Finish();
        bed.Node.Finish();
        Assert.Equal(TunnelEnd.Node, await bed.EndAsync());
    }

    // The second Close is passed on completely before either connection ends, for any split.
    [Theory]
    [ClassData<Engines>]
    public async Task BothHaveClosed_EndsAfterTheLastByteOfTheSecond(string engine)
    {
        await using var bed = await NativeBed.OpenAsync(engine);
        await bed.Client.SendAsync(Close);
        await bed.Node.ReadsAsync(Close);

        for (var i = 0; i < Close.Length; i++)
        {
            Assert.False(bed.Tunnel.HasEnded);
            await bed.Node.SendAsync([Close[i]]);
            await bed.Client.ReadsAsync([Close[i]]);
        }

        await bed.Client.EndsAfterAsync([]);
        await bed.Node.EndsAfterAsync([]);
    }

    [Theory]
    [ClassData<Engines>]
    public async Task BothHaveClosed_BeforeItIsStarted_EndsAtOnce(string engine)
    {
        await using var bed = await NativeBed.PrepareAsync(engine, clientUnread: Close, nodeUnread: Close);

        await bed.Loop.OnLoop(bed.Flow.Start);

        await bed.Client.EndsAfterAsync(Close);
        await bed.Node.EndsAfterAsync(Close);
        bed.Client.Finish();
        bed.Node.Finish();
        Assert.Equal(TunnelEnd.Node, await bed.EndAsync());
    }

    // In a tunnel that the balancer closes, the node's Close is dropped, but still ends the node's output.
    [Theory]
    [ClassData<Engines>]
    public async Task ClosedByTheBalancer_AndAnsweredByBoth_EndsAtOnce(string engine)
    {
        await using var bed = await NativeBed.OpenAsync(engine);

        bed.Tunnel.Close(TunnelEnd.Drain, 1012, "");
        await bed.Client.ReadsAsync(TestFrame.Close(1012));
        await bed.Client.SendAsync(TestFrame.Close(1012));
        await bed.Node.ReadsAsync(TestFrame.Close(1012));
        Assert.Empty(bed.Ends);
        await bed.Node.SendAsync(Words, TestFrame.Close(1012));

        await bed.Client.EndsAfterAsync([]);
        await bed.Node.EndsAfterAsync([]);
        bed.Client.Finish();
        bed.Node.Finish();
        Assert.Equal(TunnelEnd.Drain, await bed.EndAsync());
        Assert.False(bed.Tunnel.Forced);
    }

    // Many servers handle FIN as a lost connection and drop their answer, so FIN is not passed on to the node.
    [Theory]
    [ClassData<Engines>]
    public async Task ClientsFin_AfterItsClose_IsKeptFromTheNodeUntilItsAnswer(string engine)
    {
        await using var bed = await NativeBed.OpenAsync(engine);

        await bed.Client.SendAsync(Close);
        bed.Client.Finish();
        await bed.Node.ReadsAsync(Close);
        await Deadline.Until("the client's FIN is received", () => bed.Tunnel.IsClosing);
        var end = bed.Node.ReadToEndAsync();
        await bed.Node.SendAsync(Words);
        await bed.Client.ReadsAsync(Words);
        Assert.False(end.IsCompleted);
        await bed.Node.SendAsync(Close);

        await bed.Client.EndsAfterAsync(Close);
        Assert.True((await end).Fin);
        bed.Node.Finish();
        Assert.Equal(TunnelEnd.Client, await bed.EndAsync());
    }

    [Theory]
    [ClassData<Engines>]
    public async Task ClientsFin_WithoutAClose_IsPassedOn_AndTheNodesBytesStillArrive(string engine)
    {
        await using var bed = await NativeBed.OpenAsync(engine);

        await bed.Client.SendAsync(Words);
        bed.Client.Finish();
        await bed.Node.EndsAfterAsync(Words);
        await bed.Node.SendAsync(Words);
        await bed.Client.ReadsAsync(Words);
        Assert.Empty(bed.Ends);
        bed.Node.Finish();

        await bed.Client.EndsAfterAsync([]);
        Assert.Equal(TunnelEnd.ClientLost, await bed.EndAsync());
    }

    [Theory]
    [ClassData<Engines>]
    public async Task ClientsFin_WithoutAClose_AndTheNodesClose_EndsAtOnce(string engine)
    {
        await using var bed = await NativeBed.OpenAsync(engine);

        bed.Client.Finish();
        await bed.Node.EndsAfterAsync([]);
        await bed.Node.SendAsync(Words, Close);

        await bed.Client.EndsAfterAsync([.. Words, .. Close]);
        await bed.UntilOver();
        bed.Node.Finish();
        Assert.Equal(TunnelEnd.ClientLost, await bed.EndAsync());
    }

    [Theory]
    [ClassData<Engines>]
    public async Task ClientsFin_WithoutAClose_IsWaitedForAsLongAsAClose(string engine)
    {
        await using var bed = await NativeBed.OpenAsync(engine);
        bed.Client.Finish();
        await bed.Node.EndsAfterAsync([]);

        await bed.AdvanceAsync(bed.Tunnel.CloseTimeout - TimeSpan.FromMilliseconds(1));
        await bed.Node.SendAsync(Words);
        await bed.Client.ReadsAsync(Words);
        Assert.Empty(bed.Ends);
        await bed.AdvanceAsync(TimeSpan.FromMilliseconds(1));

        await bed.Client.EndsAfterAsync([]);
        bed.Node.Finish();
        Assert.Equal(TunnelEnd.ClientLost, await bed.EndAsync());
    }

    [Theory]
    [ClassData<Engines>]
    public async Task ClientsFin_ThenItsReset_EndsAtOnce(string engine)
    {
        await using var bed = await NativeBed.OpenAsync(engine);
        bed.Client.Finish();
        await bed.Node.EndsAfterAsync([]);

        bed.Client.Reset();

        await bed.UntilOver();
        bed.Node.Finish();
        Assert.Equal(TunnelEnd.ClientLost, await bed.EndAsync());
    }

    [Theory]
    [ClassData<Engines>]
    public async Task NodesFin_AfterItsClose_IsPassedOn_AndTheClientsAnswerStillArrives(string engine)
    {
        await using var bed = await NativeBed.OpenAsync(engine);

        await bed.Node.SendAsync(Words, Close);
        bed.Node.Finish();
        await bed.Client.EndsAfterAsync([.. Words, .. Close]);
        Assert.Empty(bed.Ends);
        await bed.Client.SendAsync(Words, Close);

        await bed.Node.EndsAfterAsync([.. Words, .. Close]);
        bed.Client.Finish();
        Assert.Equal(TunnelEnd.Node, await bed.EndAsync());
    }

    [Theory]
    [ClassData<Engines>]
    public async Task NodesFin_AfterItsClose_IsWaitedForAsLongAsAClose(string engine)
    {
        await using var bed = await NativeBed.OpenAsync(engine);
        await bed.Node.SendAsync(Close);
        bed.Node.Finish();
        await bed.Client.EndsAfterAsync(Close);

        await bed.AdvanceAsync(bed.Tunnel.CloseTimeout);

        await bed.Node.EndsAfterAsync([]);
        bed.Client.Finish();
        Assert.Equal(TunnelEnd.Node, await bed.EndAsync());
    }

    [Theory]
    [ClassData<Engines>]
    public async Task ClientsFin_WhileTheBalancerCloses_EndsAtOnce(string engine)
    {
        await using var bed = await NativeBed.OpenAsync(engine);
        bed.Tunnel.Close(TunnelEnd.Drain, 1012, "");
        await bed.Client.ReadsAsync(TestFrame.Close(1012));

        bed.Client.Finish();

        await bed.Node.EndsAfterAsync([]);
        bed.Node.Finish();
        Assert.Equal(TunnelEnd.Drain, await bed.EndAsync());
        Assert.False(bed.Tunnel.Forced);
    }

    // The loop reported the reset before the tunnel took over the socket, and no other event would end the tunnel.
    [Theory]
    [ClassData<Engines>]
    public async Task ClientsReset_BeforeTheTunnelHasItsSocket_EndsTheTunnel(string engine)
    {
        await using var bed = await NativeBed.TakeOverAsync(engine, (client, _) => client.Reset());

        await bed.Node.EndsAfterAsync([]);
        bed.Node.Finish();
        Assert.Equal(TunnelEnd.ClientLost, await bed.EndAsync());
    }

    [Theory]
    [ClassData<Engines>]
    public async Task NodesReset_BeforeTheTunnelHasItsSocket_EndsTheTunnel(string engine)
    {
        await using var bed = await NativeBed.TakeOverAsync(engine, (_, node) => node.Reset());

        await bed.Client.EndsAfterAsync([]);
        bed.Client.Finish();
        Assert.Equal(TunnelEnd.NodeLost, await bed.EndAsync());
    }
}
