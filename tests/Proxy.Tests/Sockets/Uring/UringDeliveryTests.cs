using System.Net.Sockets;
using Microsoft.Extensions.Logging.Abstractions;
using WsBalancer.Proxy.Tests.Sockets.Loops;
using WsBalancer.Sockets.Loops;
using WsBalancer.Sockets.Uring;

namespace WsBalancer.Proxy.Tests.Sockets.Uring;

/// <summary>No event of a socket is lost or delayed because of others at the same time.</summary>
public sealed class UringDeliveryTests : IDisposable
{
    private const int MaxTurns = 20;

    private readonly UringLoop _loop;

    public UringDeliveryTests()
    {
        Loops.Engines.SkipWithoutUring();
        _loop = Start(RingSizes.Default);
    }

    [Fact]
    public async Task Receive_WhileOthersSendInEveryTurn_DeliversTheBacklogAndFin()
    {
        await using var from = await LoopPair.OpenReceivingAsync(_loop);
        await using var to = await LoopPair.OpenReceivingAsync(_loop);
        await _loop.OnLoop(to.Socket.Pause);
        to.Peer.Send("backlog"u8);
        to.Peer.Shutdown(SocketShutdown.Send);
        await Deadline.Until("there is a backlog", () => to.Socket.BufferedBytes == "backlog".Length);
        var relay = new SendingInEveryTurn(from, to);
        var (bytesAt, finAt) = (0, 0);
        to.Recorder.WhenReceived = () => bytesAt = relay.Turn;
        to.Recorder.WhenEnded = () => finAt = relay.Turn;

        await _loop.OnLoop(() => from.Socket.Handler = relay);
        from.Peer.Send("x"u8);

        await Deadline.Until("the FIN is delivered", () => to.Recorder.EndedCount == 1);
        Assert.Equal("backlog"u8, to.Recorder.Bytes);
        Assert.InRange(bytesAt, 1, 3);
        Assert.InRange(finAt, 1, 4);
    }

    // Each receive is a request of its own. Of two sockets that receive in one turn, the first one that is called
    // reports an error of the other one, whose bytes are received already.
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task FailureBeforeTheLastBytesOfAReceive_OfASocketThatThenReceivesNoMore_IsDelivered(bool isReleasing)
    {
        using var loop = Start(RingSizes.Default with { ReceiveLimit = 0 });
        await using var one = await LoopPair.OpenReceivingAsync(loop);
        await using var other = await LoopPair.OpenReceivingAsync(loop);
        LoopPair? failing = null;
        one.Recorder.WhenReceived = () => Received(one, other);
        other.Recorder.WhenReceived = () => Received(other, one);

        await loop.OnLoop(() =>
        {
            one.Peer.Send("a"u8);
            other.Peer.Send("b"u8);
        });

        await Deadline.Until("the failure is delivered", () => failing is { Recorder.Errors.Length: 1 });
        Assert.Equal(1, failing?.Recorder.Length);

        void Received(LoopPair pair, LoopPair another)
        {
            if (failing is not null)
            {
                pair.Socket.Pause();
                return;
            }

            failing = another;
            ((IUringTarget)(UringSocket)another.Socket).OnCompleted(
                RequestKind.Watch,
                new CompletionEntry { Result = (int)UringConstants.PollError, Flags = UringConstants.More });
            if (isReleasing)
            {
                another.Socket.BeginRelease();
            }
        }
    }

    public void Dispose() => _loop.Dispose();

    private static UringLoop Start(RingSizes sizes)
    {
        var loop = new UringLoop(0, TimeProvider.System, NullLogger.Instance, Loops.Engines.Store, sizes);
        loop.Start();
        return loop;
    }

    /// <summary>
    /// Sends what it receives to another socket, which begins to receive, and makes its own peer send in every turn.
    /// </summary>
    private sealed class SendingInEveryTurn(LoopPair from, LoopPair to) : Passing(to.Socket)
    {
        private readonly LoopSocket _to = to.Socket;

        public int Turn { get; private set; }

        public override void OnReceived(ReadOnlySpan<byte> bytes)
        {
            base.OnReceived(bytes);
            if (Turn++ == 0)
            {
                _to.Receive();
            }

            if (Turn < MaxTurns)
            {
                from.Peer.Send("x"u8);
            }
        }
    }
}
