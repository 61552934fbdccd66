using Microsoft.Extensions.Time.Testing;
using WsBalancer.Proxy.Tunnels;

namespace WsBalancer.Proxy.Tests.Tunnels;

public sealed class TunnelTests : IDisposable
{
    private readonly FakeTimeProvider _time = new();
    private readonly RecordingStream _client = new();
    private readonly RecordingStream _node = new();
    private readonly CancellationTokenSource _cut = new();
    private readonly StreamFlow _flow;
    private readonly Tunnel _tunnel;

    public TunnelTests() => _flow = Open(new TunnelOptions(), out _tunnel);

    [Fact]
    public void Close_IsWrittenToTheClientOnly()
    {
        Assert.True(_tunnel.Close(TunnelEnd.Drain, 1012, "moving"));

        Assert.Equal([0x88, 8, 0x03, 0xf4, .. "moving"u8], _client.Written);
        Assert.Empty(_node.Written);
    }

    [Fact]
    public void Close_Twice_CountsTheFirst()
    {
        _tunnel.Close(TunnelEnd.Drain, 1012, "moving");

        Assert.False(_tunnel.Close(TunnelEnd.Shutdown, 1001, "stopping"));
        Assert.Equal(TunnelEnd.Drain, _tunnel.Finish(TunnelEnd.Error));
    }

    [Fact]
    public async Task Close_AnsweredInTime_IsNotForced()
    {
        _tunnel.Close(TunnelEnd.Drain, 1012, "moving");
        await _flow.NodeLeg!.WriteAsync(TestFrame.Close(1012), Cancellation);
        Assert.Equal(TestFrame.Close(1012), _node.Written);

        Assert.Equal(TunnelEnd.Drain, _tunnel.Finish(TunnelEnd.Error));
        Assert.False(_tunnel.Forced);
        Assert.False(_cut.IsCancellationRequested);
    }

    [Fact]
    public void Close_NotAnswered_SendsAMaskedCloseToTheNode_AndCutsASecondLater()
    {
        _tunnel.Close(TunnelEnd.Drain, 1012, "moving");
        _time.Advance(TimeSpan.FromSeconds(4.9));
        Assert.Empty(_node.Written);

        _time.Advance(TimeSpan.FromSeconds(0.1));

        Assert.True(_tunnel.Forced);
        Assert.False(_cut.IsCancellationRequested);
        Assert.Equal([0x88, 0x82], _node.Written[..2]);
        Assert.Equal(1001, UnmaskedCode(_node.Written));

        _time.Advance(TimeSpan.FromSeconds(1));

        Assert.True(_cut.IsCancellationRequested);
    }

    [Fact]
    public async Task Close_NotAnsweredInTheMiddleOfAFrame_CutsASecondLaterWithoutAClose()
    {
        await _flow.NodeLeg!.WriteAsync(TestFrame.Binary(10).AsMemory(0, 5), Cancellation);
        _tunnel.Close(TunnelEnd.Drain, 1012, "moving");
        _time.Advance(TimeSpan.FromSeconds(5));
        Assert.False(_cut.IsCancellationRequested);
        _time.Advance(TimeSpan.FromSeconds(1));

        Assert.True(_cut.IsCancellationRequested);
        Assert.Equal(TestFrame.Binary(10)[..5], _node.Written);
    }

    [Fact]
    public async Task Close_NotAnsweredButTheFrameEndsInTime_SendsACloseToTheNode()
    {
        await _flow.NodeLeg!.WriteAsync(TestFrame.Binary(10).AsMemory(0, 5), Cancellation);
        _tunnel.Close(TunnelEnd.Drain, 1012, "moving");
        _time.Advance(TimeSpan.FromSeconds(5));
        await _flow.NodeLeg!.WriteAsync(TestFrame.Binary(10).AsMemory(5), Cancellation);

        Assert.Equal(1001, UnmaskedCode(_node.Written[TestFrame.Binary(10).Length..]));
    }

    // The blocked copy loop must not delay what the node still sends.
    [Fact]
    public async Task Close_NotAnswered_ByAClientThatTakesNothing_UnblocksTheNode()
    {
        using var held = _client.Hold();
        var write = _flow.ClientLeg.WriteAsync(TestFrame.Binary(10), Cancellation);
        _tunnel.Close(TunnelEnd.Drain, 1012, "moving");
        Assert.False(write.IsCompleted);

        _time.Advance(TimeSpan.FromSeconds(5));
        await write;
        await _flow.ClientLeg.WriteAsync(TestFrame.Binary(10), Cancellation);
        Assert.False(_cut.IsCancellationRequested);
        await _flow.ClientLeg.WriteAsync(TestFrame.Close(1001), Cancellation);

        Assert.True(_cut.IsCancellationRequested);
        Assert.Empty(_client.Written);
    }

    // The server aborts the connection of a client whose pending write was abandoned.
    [Fact]
    public void Close_NotAnswered_AndTheClientIsDisconnected_LeavesTheNodeItsSecond()
    {
        _tunnel.Close(TunnelEnd.Drain, 1012, "moving");
        _time.Advance(TimeSpan.FromSeconds(5));

        _tunnel.OnClientDisconnected();

        Assert.False(_cut.IsCancellationRequested);
        _time.Advance(TimeSpan.FromSeconds(1));
        Assert.True(_cut.IsCancellationRequested);
    }

    [Fact]
    public void Close_NotAnswered_AndTheNodeTakesNothing_CutsASecondLater()
    {
        using var held = _node.Hold();
        _tunnel.Close(TunnelEnd.Drain, 1012, "moving");
        _time.Advance(TimeSpan.FromSeconds(5));
        Assert.False(_cut.IsCancellationRequested);

        _time.Advance(TimeSpan.FromSeconds(1));

        Assert.True(_cut.IsCancellationRequested);
    }

    [Fact]
    public async Task Close_AnsweredButTheNodeStays_CutsWithoutForce()
    {
        _tunnel.Close(TunnelEnd.Drain, 1012, "moving");
        await _flow.NodeLeg!.WriteAsync(TestFrame.Close(1012), Cancellation);
        _time.Advance(TimeSpan.FromSeconds(5));

        Assert.True(_cut.IsCancellationRequested);
        Assert.False(_tunnel.Forced);
        Assert.Equal(TunnelEnd.Drain, _tunnel.Finish(TunnelEnd.Error));
    }

    [Fact]
    public async Task End_AfterTheClientsClose_IsTheClients()
    {
        await _flow.NodeLeg!.WriteAsync(TestFrame.Close(1000), Cancellation);
        await _flow.ClientLeg.WriteAsync(TestFrame.Close(1000), Cancellation);

        Assert.Equal(TunnelEnd.Client, _tunnel.Finish(TunnelEnd.Error));
    }

    [Fact]
    public async Task End_AfterTheNodesClose_IsTheNodes()
    {
        await _flow.ClientLeg.WriteAsync(TestFrame.Close(1000), Cancellation);
        await _flow.NodeLeg!.WriteAsync(TestFrame.Close(1000), Cancellation);

        Assert.Equal(TunnelEnd.Node, _tunnel.Finish(TunnelEnd.Error));
    }

    [Fact]
    public async Task End_OfTheNodeWithoutClose_IsNodeLost()
    {
        Assert.Equal(0, await _flow.NodeLeg!.ReadAsync(new byte[1], Cancellation));

        Assert.Equal(TunnelEnd.NodeLost, _tunnel.Finish(TunnelEnd.Error));
    }

    [Fact]
    public async Task End_OfTheClientWithoutClose_CutsAtOnce()
    {
        Assert.Equal(0, await _flow.ClientLeg.ReadAsync(new byte[1], Cancellation));

        Assert.True(_cut.IsCancellationRequested);
        Assert.Equal(TunnelEnd.ClientLost, _tunnel.Finish(TunnelEnd.Error));
    }

    [Fact]
    public async Task End_OfTheClientAfterItsClose_LeavesTheNodeTimeToAnswer()
    {
        await _flow.NodeLeg!.WriteAsync(TestFrame.Close(1000), Cancellation);
        Assert.Equal(0, await _flow.ClientLeg.ReadAsync(new byte[1], Cancellation));
        Assert.False(_cut.IsCancellationRequested);

        _time.Advance(TimeSpan.FromSeconds(5));

        Assert.True(_cut.IsCancellationRequested);
        Assert.Equal(TunnelEnd.Client, _tunnel.Finish(TunnelEnd.Error));
    }

    [Fact]
    public async Task End_AfterInvalidFrames_IsProtocol()
    {
        await _flow.NodeLeg!.WriteAsync((byte[])[0x82, 127, 0xff, 0, 0, 0, 0, 0, 0, 0], Cancellation);

        Assert.Equal(TunnelEnd.Protocol, _tunnel.Finish(TunnelEnd.Error));
    }

    [Fact]
    public void Close_AfterTheEnd_DoesNothing()
    {
        _tunnel.Finish(TunnelEnd.Error);

        Assert.False(_tunnel.Close(TunnelEnd.Drain, 1012, "moving"));
        Assert.Empty(_client.Written);
    }

    [Theory]
    [InlineData(60, null, true)]
    [InlineData(61, null, false)]
    [InlineData(null, 60, true)]
    [InlineData(null, 61, false)]
    [InlineData(null, null, false)]
    public void Idle_IsJudgedForEachSideByItsOwnLimit(int? client, int? node, bool isIdle)
    {
        var options = new TunnelOptions
        {
            IdleClient = client is { } c ? TimeSpan.FromSeconds(c) : null,
            IdleNode = node is { } n ? TimeSpan.FromSeconds(n) : null,
        };
        Open(options, out var tunnel);
        _time.Advance(TimeSpan.FromSeconds(60.5));

        Assert.Equal(isIdle, tunnel.IsIdle);
    }

    [Fact]
    public async Task Idle_RestartsWithWhatTheSideSends()
    {
        var flow = Open(new TunnelOptions { IdleClient = TimeSpan.FromSeconds(60) }, out var tunnel);
        _client.OnRead = _ => ValueTask.FromResult(1);
        _time.Advance(TimeSpan.FromSeconds(50));
        Assert.Equal(1, await flow.ClientLeg.ReadAsync(new byte[1], Cancellation));
        _time.Advance(TimeSpan.FromSeconds(50));

        Assert.False(tunnel.IsIdle);
        Assert.Equal((50, 100), (tunnel.IdleFor.Client.TotalSeconds, tunnel.IdleFor.Node.TotalSeconds));
    }

    [Fact]
    public async Task Peer_ThatTakesNothingForTheSendTimeout_EndsItsTunnel()
    {
        var flow = Open(new TunnelOptions(), out var tunnel);
        using var held = _client.Hold();
        var writing = flow.ClientLeg.WriteAsync(new byte[] { 0x82, 0 }, Cancellation).AsTask();

        _time.Advance(TimeSpan.FromSeconds(60));
        Assert.False(tunnel.EndIfStalled());
        _time.Advance(TimeSpan.FromMilliseconds(1));
        Assert.True(tunnel.IsStalled);
        Assert.Equal(128 * 1024, tunnel.Buffered);
        Assert.True(tunnel.EndIfStalled());

        // The client does not receive the Close frame either: the client is abandoned, and the write ends.
        _time.Advance(TimeSpan.FromSeconds(5));
        await writing;
        _time.Advance(TimeSpan.FromSeconds(1));
        Assert.True(_cut.IsCancellationRequested);
        Assert.Equal(TunnelEnd.SendTimeout, tunnel.EndReason);
        Assert.Equal(0, tunnel.Buffered);
    }

    [Fact]
    public async Task SendTimeout_ThatIsOff_WaitsWithoutALimit()
    {
        var flow = Open(new TunnelOptions { SendTimeout = null }, out var tunnel);
        var held = _client.Hold();
        var writing = flow.ClientLeg.WriteAsync(new byte[] { 0x82, 0 }, Cancellation).AsTask();

        _time.Advance(TimeSpan.FromDays(1));

        Assert.False(tunnel.EndIfStalled());
        held.Dispose();
        await writing;
        Assert.False(tunnel.IsStalled);
    }

    public void Dispose() => _cut.Dispose();

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    private static int UnmaskedCode(byte[] frame) => ((frame[6] ^ frame[2]) << 8) | (frame[7] ^ frame[3]);

    private StreamFlow Open(TunnelOptions options, out Tunnel tunnel)
    {
        var identity = new TunnelIdentity("t", new NodeKey("chat", "ws-1"), "alice", "HTTP/1.1");
        var terms = new TunnelTerms(identity, options, new TunnelLedger(), _time);
        var flow = new StreamFlow(terms, _cut, 256 * 1024, _client);
        flow.AcceptNode(_node);
        tunnel = flow.Tunnel;
        return flow;
    }
}
