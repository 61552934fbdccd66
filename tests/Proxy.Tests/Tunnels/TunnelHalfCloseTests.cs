using Microsoft.Extensions.Time.Testing;
using WsBalancer.Proxy.Tunnels;

namespace WsBalancer.Proxy.Tests.Tunnels;

/// <summary>The end of a tunnel on the portable path after the FIN of one peer, or after the Close of both.</summary>
public sealed class TunnelHalfCloseTests : IDisposable
{
    private readonly FakeTimeProvider _time = new();
    private readonly RecordingStream _client = new();
    private readonly HalfCloseStream _node = new();
    private readonly CancellationTokenSource _cut = new();
    private readonly StreamFlow _flow;
    private readonly Tunnel _tunnel;

    public TunnelHalfCloseTests()
    {
        var identity = new TunnelIdentity("t", new NodeKey("chat", "ws-1"), "alice", "HTTP/1.1");
        var terms = new TunnelTerms(identity, new TunnelOptions(), new TunnelLedger(), _time);
        _flow = new StreamFlow(terms, _cut, 256 * 1024, _client);
        _flow.AcceptNode(_node);
        _tunnel = _flow.Tunnel;
    }

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task End_OfTheClientWithoutClose_IsPassedOnToANodeThatCanReceiveFin()
    {
        Assert.Equal(0, await _flow.ClientLeg.ReadAsync(new byte[1], Cancellation));
        await _flow.ClientLeg.WriteAsync(TestFrame.Binary(3), Cancellation);

        Assert.Equal(1, _node.Shutdowns);
        Assert.Equal(TestFrame.Binary(3), _client.Written);
        Assert.False(_cut.IsCancellationRequested);
        _time.Advance(TimeSpan.FromSeconds(5));
        Assert.True(_cut.IsCancellationRequested);
        Assert.Equal(TunnelEnd.ClientLost, _tunnel.Finish(TunnelEnd.Error));
    }

    [Fact]
    public async Task End_OfTheClientAfterItsClose_IsKeptFromTheNode()
    {
        await _flow.NodeLeg!.WriteAsync(TestFrame.Close(1000), Cancellation);
        Assert.Equal(0, await _flow.ClientLeg.ReadAsync(new byte[1], Cancellation));

        Assert.Equal((0, false), (_node.Shutdowns, _cut.IsCancellationRequested));
        await _flow.ClientLeg.WriteAsync(TestFrame.Close(1000), Cancellation);
        Assert.True(_cut.IsCancellationRequested);
    }

    [Fact]
    public async Task End_OfTheClientWhoseConnectionIsLostAfterwards_CutsAtOnce()
    {
        Assert.Equal(0, await _flow.ClientLeg.ReadAsync(new byte[1], Cancellation));
        Assert.False(_cut.IsCancellationRequested);

        _tunnel.OnClientDisconnected();

        Assert.True(_cut.IsCancellationRequested);
    }

    // YARP ends both directions when the node's output ends.
    [Fact]
    public async Task End_OfTheNodeAfterItsClose_ShowsOnceTheClientHasAnswered()
    {
        await _flow.ClientLeg.WriteAsync(TestFrame.Close(1000), Cancellation);
        var end = _flow.NodeLeg!.ReadAsync(new byte[1], Cancellation).AsTask();
        Assert.Equal((false, false), (end.IsCompleted, _cut.IsCancellationRequested));

        await _flow.NodeLeg!.WriteAsync(TestFrame.Close(1000), Cancellation);

        Assert.True(_cut.IsCancellationRequested);
        Assert.Equal(0, await end);
        Assert.Equal(TestFrame.Close(1000), _node.Written);
        Assert.Equal(TunnelEnd.Node, _tunnel.Finish(TunnelEnd.Error));
    }

    [Fact]
    public async Task End_OfTheNodeAfterItsClose_ThatTheClientNeverAnswers_CutsAfterTheTimeout()
    {
        await _flow.ClientLeg.WriteAsync(TestFrame.Close(1000), Cancellation);
        var end = _flow.NodeLeg!.ReadAsync(new byte[1], Cancellation).AsTask();
        Assert.False(end.IsCompleted);

        _time.Advance(TimeSpan.FromSeconds(5));

        Assert.Equal(0, await end);
        Assert.Equal(TunnelEnd.Node, _tunnel.Finish(TunnelEnd.Error));
    }

    [Fact]
    public async Task Close_OfBoth_CutsAtOnce_WhenTheSecondIsWritten()
    {
        await _flow.NodeLeg!.WriteAsync(TestFrame.Close(1000), Cancellation);
        ValueTask write;
        using (_client.Hold())
        {
            write = _flow.ClientLeg.WriteAsync(TestFrame.Close(1000), Cancellation);
            Assert.False(_cut.IsCancellationRequested);
        }

        await write;

        Assert.True(_cut.IsCancellationRequested);
        Assert.Equal(TestFrame.Close(1000), _client.Written);
    }

    // The balancer's Close replaces that of the node, but the node's Close still ends the node's output.
    [Fact]
    public async Task Close_AnsweredByBoth_CutsAtOnce()
    {
        _tunnel.Close(TunnelEnd.Drain, 1012, "");
        await _flow.NodeLeg!.WriteAsync(TestFrame.Close(1012), Cancellation);
        Assert.False(_cut.IsCancellationRequested);

        await _flow.ClientLeg.WriteAsync((byte[])[.. TestFrame.Binary(3), .. TestFrame.Close(1012)], Cancellation);

        Assert.True(_cut.IsCancellationRequested);
        Assert.Equal(TestFrame.Close(1012), _client.Written);
        Assert.Equal((TunnelEnd.Drain, false), (_tunnel.Finish(TunnelEnd.Error), _tunnel.Forced));
    }

    public void Dispose() => _cut.Dispose();

    private sealed class HalfCloseStream : RecordingStream, IHalfCloseStream
    {
        public int Shutdowns { get; private set; }

        public ValueTask ShutdownOutputAsync()
        {
            Shutdowns++;
            return ValueTask.CompletedTask;
        }
    }
}
