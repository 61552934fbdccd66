using WsBalancer.Proxy.Tests.Sockets.Loops;
using WsBalancer.Proxy.Tunnels;

namespace WsBalancer.Proxy.Tests.Tunnels.Native;

/// <summary>
/// However one peer disconnects, the other is disconnected too, earlier bytes arrive first, and the end is counted
/// once.
/// </summary>
public sealed class NativeTunnelEndTests
{
    private static readonly byte[] Words = TestFrame.Binary(50_000);

    [Theory]
    [ClassData<Engines>]
    public async Task NodesFin_ReachesTheClientAfterItsLastBytes(string engine)
    {
        await using var bed = await NativeBed.OpenAsync(engine);

        await bed.Node.SendAsync(Words);
        bed.Node.Finish();
        var atClient = await bed.Client.ReadToEndAsync();
        bed.Client.Finish();
        var atNode = await bed.Node.ReadToEndAsync();

        Assert.Equal(Words, atClient.Bytes);
        Assert.Equal((true, true), (atClient.Fin, atNode.Fin));
        Assert.Equal(TunnelEnd.NodeLost, await bed.EndAsync());
    }

    [Theory]
    [ClassData<Engines>]
    public async Task ClientsFin_ReachesTheNodeAfterItsLastBytes(string engine)
    {
        await using var bed = await NativeBed.OpenAsync(engine);

        await bed.Client.SendAsync(Words);
        bed.Client.Finish();
        var atNode = await bed.Node.ReadToEndAsync();
        bed.Node.Finish();
        var atClient = await bed.Client.ReadToEndAsync();

        Assert.Equal(Words, atNode.Bytes);
        Assert.Equal((true, true), (atClient.Fin, atNode.Fin));
        Assert.Equal(TunnelEnd.ClientLost, await bed.EndAsync());
    }

    [Theory]
    [ClassData<Engines>]
    public async Task ClientsFin_AfterItsClose_LeavesTheNodeTimeToAnswer(string engine)
    {
        await using var bed = await NativeBed.OpenAsync(engine);

        await bed.Client.SendAsync(TestFrame.Close(1000));
        bed.Client.Finish();
        var close = await bed.Node.ReadAsync(4);
        await Deadline.Until("the client's end is known", () => bed.Tunnel.IsClosing);
        await bed.Node.SendAsync(TestFrame.Close(1000));
        bed.Node.Finish();

        Assert.Equal(TestFrame.Close(1000), close);
        Assert.Equal(TestFrame.Close(1000), (await bed.Client.ReadToEndAsync()).Bytes);
        Assert.True((await bed.Node.ReadToEndAsync()).Fin);
        Assert.Equal(TunnelEnd.Client, await bed.EndAsync());
    }

    [Theory]
    [ClassData<Engines>]
    public async Task ClientsFin_AfterItsClose_ThatTheNodeNeverAnswers_CutsAfterTheTimeout(string engine)
    {
        await using var bed = await NativeBed.OpenAsync(engine);
        await bed.Client.SendAsync(TestFrame.Close(1000));
        bed.Client.Finish();
        await Deadline.Until("the client's end is known", () => bed.Tunnel.IsClosing);
        Assert.Empty(bed.Ends);

        await bed.AdvanceAsync(bed.Tunnel.CloseTimeout);
        await bed.UntilOver();

        await bed.Node.EndsAfterAsync(TestFrame.Close(1000));
        bed.Node.Finish();
        Assert.Equal(TunnelEnd.Client, await bed.EndAsync());
    }

    [Theory]
    [ClassData<Engines>]
    public async Task ClientsReset_IsAnEndForTheNode(string engine)
    {
        await using var bed = await NativeBed.OpenAsync(engine);

        bed.Client.Reset();
        var atNode = await bed.Node.ReadToEndAsync();
        bed.Node.Finish();

        Assert.True(atNode.Fin);
        Assert.Equal(TunnelEnd.ClientLost, await bed.EndAsync());
    }

    [Theory]
    [ClassData<Engines>]
    public async Task ClientsReset_AfterItsClose_EndsAtOnce_AndIsTheClients(string engine)
    {
        await using var bed = await NativeBed.OpenAsync(engine);

        await bed.Client.SendAsync(TestFrame.Close(1000));
        await bed.Node.ReadAsync(4);
        bed.Client.Reset();
        var atNode = await bed.Node.ReadToEndAsync();
        bed.Node.Finish();

        Assert.True(atNode.Fin);
        Assert.Equal(TunnelEnd.Client, await bed.EndAsync());
    }

    [Theory]
    [ClassData<Engines>]
    public async Task NodesReset_IsAnEndForTheClient(string engine)
    {
        await using var bed = await NativeBed.OpenAsync(engine);

        bed.Node.Reset();
        var atClient = await bed.Client.ReadToEndAsync();
        bed.Client.Finish();

        Assert.True(atClient.Fin);
        Assert.Equal(TunnelEnd.NodeLost, await bed.EndAsync());
    }

    [Theory]
    [ClassData<Engines>]
    public async Task BothAtOnce_EndItOnce(string engine)
    {
        await using var bed = await NativeBed.OpenAsync(engine);

        await bed.Loop.OnLoop(() =>
        {
            // The loop's thread is busy here, so that the loop handles both ends in one turn.
            bed.Client.Finish();
            bed.Node.Finish();
        });

        Assert.True(await bed.EndAsync() is TunnelEnd.ClientLost or TunnelEnd.NodeLost);
    }

    [Theory]
    [ClassData<Engines>]
    public async Task BothResetAtOnce_EndItOnce(string engine)
    {
        await using var bed = await NativeBed.OpenAsync(engine);

        await bed.Loop.OnLoop(() =>
        {
            bed.Node.Reset();
            bed.Client.Reset();
        });

        Assert.True(await bed.EndAsync() is TunnelEnd.ClientLost or TunnelEnd.NodeLost);
    }

    [Theory]
    [ClassData<Engines>]
    public async Task Close_ThenEnd_IsOfThePeerThatClosedFirst(string engine)
    {
        await using var bed = await NativeBed.OpenAsync(engine);

        await bed.Node.SendAsync(TestFrame.Close(1001));
        await bed.Client.ReadAsync(4);
        await bed.Client.SendAsync(TestFrame.Close(1001));
        await bed.Node.ReadAsync(4);
        bed.Node.Finish();
        bed.Client.Finish();

        Assert.Equal(TunnelEnd.Node, await bed.EndAsync());
    }

    [Theory]
    [ClassData<Engines>]
    public async Task InvalidFrames_AreRelayedUntilTheEnd_WhichIsForProtocol(string engine)
    {
        await using var bed = await NativeBed.OpenAsync(engine);
        byte[] nonsense = [0x82, 127, 0xff, 0, 0, 0, 0, 0, 0, 0, 1, 2, 3];

        await bed.Client.SendAsync(nonsense);
        await bed.Node.ReadsAsync(nonsense);
        await bed.Loop.OnLoop(bed.Flow.Abort);
        bed.Client.Finish();
        bed.Node.Finish();

        Assert.Equal(TunnelEnd.Protocol, await bed.EndAsync());
    }

    [Theory]
    [ClassData<Engines>]
    public async Task Cut_FromAnotherThread_EndsBothInOrder(string engine)
    {
        await using var bed = await NativeBed.OpenAsync(engine);

        bed.Tunnel.Abort(TunnelEnd.Shutdown);
        var ends = (await bed.Client.ReadToEndAsync(), await bed.Node.ReadToEndAsync());
        bed.Client.Finish();
        bed.Node.Finish();

        Assert.Equal((true, true), (ends.Item1.Fin, ends.Item2.Fin));
        Assert.Equal(TunnelEnd.Shutdown, await bed.EndAsync());
    }

    // A socket that is closed with unread input is reset, and its peer loses the bytes that it has not read.
    [Theory]
    [ClassData<Engines>]
    public async Task AClientThatKeepsSending_StillReceivesTheNodesLastBytes(string engine)
    {
        await using var bed = await NativeBed.OpenAsync(engine);

        await bed.Node.SendAsync(Words, TestFrame.Close(1001));
        bed.Node.Finish();
        await Deadline.Until("the node's end is known", () => bed.Tunnel.IsClosing);
        await bed.AdvanceAsync(bed.Tunnel.CloseTimeout);
        await bed.UntilOver();
        await bed.Client.SendAsync(Words, Words);
        var atClient = await bed.Client.ReadToEndAsync();
        bed.Client.Finish();

        Assert.Equal([.. Words, .. TestFrame.Close(1001)], atClient.Bytes);
        Assert.True(atClient.Fin);
        await bed.EndAsync();
    }

    [Theory]
    [ClassData<Engines>]
    public async Task AClientThatDoesNotTakeTheLastBytes_IsResetAfterTheTimeout(string engine)
    {
        await using var bed = await NativeBed.OpenAsync(engine);
        await bed.Node.SendAsync(Words);
        bed.Node.Finish();
        await bed.UntilOver();
        Assert.NotEqual(0, (await bed.KeptAsync()).ForClient);
        Assert.Equal(1, bed.Loop.SocketCount);

        await bed.AdvanceAsync(bed.Tunnel.CloseTimeout);

        Assert.Equal(TunnelEnd.NodeLost, await bed.EndAsync());
        Assert.False((await bed.Client.ReadToEndAsync()).Fin);
    }

    [Theory]
    [ClassData<Engines>]
    public async Task PeersThatDoNotEnd_AreResetAfterTheTimeout(string engine)
    {
        await using var bed = await NativeBed.OpenAsync(engine);
        bed.Tunnel.Abort(TunnelEnd.Error);
        await bed.UntilOver();
        Assert.Equal(2, bed.Loop.SocketCount);

        await bed.AdvanceAsync(bed.Tunnel.CloseTimeout);

        await bed.EndAsync();
    }

    [Theory]
    [ClassData<Engines>]
    public async Task AClientThatResetsUnderBackPressure_UnblocksTheNode_WhichEndsInOrder(string engine)
    {
        await using var bed = await NativeBed.OpenAsync(engine);
        var flood = bed.Node.SendAsync([.. Enumerable.Repeat(TestFrame.Of(2, new byte[60_000]), 300)]);
        await bed.UntilHeldUpAsync(both => both.ForClient);

        bed.Client.Reset();

        await flood.WaitAsync(Deadline.Default, TestContext.Current.CancellationToken);
        Assert.True((await bed.Node.ReadToEndAsync()).Fin);
        bed.Node.Finish();
        Assert.Equal(TunnelEnd.ClientLost, await bed.EndAsync());
    }
}
