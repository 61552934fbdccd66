using System.Net.Sockets;
using Microsoft.AspNetCore.Connections;
using WsBalancer.Proxy.Tunnels;

namespace WsBalancer.Proxy.Tests.Tunnels;

public sealed class TunnelLegTests
{
    private static readonly byte[] Close = TestFrame.Close(1012);

    private readonly RecordingStream _peer = new();
    private readonly RecordingObserver _observer = new();
    private readonly TunnelLeg _leg;

    public TunnelLegTests() => _leg = new TunnelLeg(_peer, _observer, TimeProvider.System, Cancellation);

    [Fact]
    public async Task Close_BetweenFrames_IsWrittenAtOnce()
    {
        await _leg.WriteAsync(TestFrame.Binary(10), Cancellation);
        await _leg.SendCloseAsync(Close);

        Assert.Equal([.. TestFrame.Binary(10), .. Close], _peer.Written);
    }

    [Fact]
    public async Task Close_BeforeAnyFrame_IsWrittenAtOnce()
    {
        await _leg.SendCloseAsync(Close);

        Assert.Equal(Close, _peer.Written);
    }

    // Every split of a frame, in its header and in its payload; the next write has the rest and another frame.
    [Fact]
    public async Task Close_InsideAFrame_IsWrittenRightAfterItsLastByte()
    {
        var frame = TestFrame.Binary(300);
        for (var cut = 1; cut < frame.Length; cut++)
        {
            var peer = new RecordingStream();
            var leg = new TunnelLeg(peer, new RecordingObserver(), TimeProvider.System, Cancellation);
            await leg.WriteAsync(frame.AsMemory(0, cut), Cancellation);
            await leg.SendCloseAsync(Close);
            Assert.Equal(frame[..cut], peer.Written);

            await leg.WriteAsync((byte[])[.. frame[cut..], .. TestFrame.Binary(5)], Cancellation);

            Assert.Equal([.. frame, .. Close], peer.Written);
        }
    }

    [Fact]
    public async Task Close_BetweenFragments_DoesNotWaitForTheMessage()
    {
        await _leg.WriteAsync(TestFrame.Of(1, [65], final: false), Cancellation);
        await _leg.SendCloseAsync(Close);

        Assert.Equal([.. TestFrame.Of(1, [65], final: false), .. Close], _peer.Written);
    }

    [Fact]
    public async Task Close_WhileAWriteIsHeldUp_FollowsIt()
    {
        ValueTask write;
        using (_peer.Hold())
        {
            write = _leg.WriteAsync(TestFrame.Binary(10), Cancellation);
            await _leg.SendCloseAsync(Close);
            Assert.Empty(_peer.Written);
        }

        await write;

        Assert.Equal([.. TestFrame.Binary(10), .. Close], _peer.Written);
    }

    // The peer may have received the frame, and another caller may set another reason, before the write completes.
    [Fact]
    public async Task ThePeersClose_WhileItsWriteIsHeldUp_IsKnownAlready()
    {
        ValueTask write;
        using (_peer.Hold())
        {
            write = _leg.WriteAsync(TestFrame.Close(4001), Cancellation);

            Assert.Equal(1, _observer.Closes);
        }

        await write;
        Assert.Equal(1, _observer.Closes);
    }

    [Fact]
    public async Task Write_AfterOurClose_IsDroppedAndNotCounted()
    {
        await _leg.SendCloseAsync(Close);
        await _leg.WriteAsync(TestFrame.Binary(10), Cancellation);

        Assert.Equal(Close, _peer.Written);
        Assert.Equal(0, _observer.Bytes);
    }

    [Fact]
    public async Task Close_AfterThePeersOwn_IsNotWrittenAgain()
    {
        await _leg.WriteAsync(TestFrame.Close(1000), Cancellation);
        await _leg.SendCloseAsync(Close);

        Assert.Equal(TestFrame.Close(1000), _peer.Written);
        Assert.True(_leg.CloseWritten);
        Assert.Equal(1, _observer.Closes);
    }

    [Fact]
    public async Task Close_WaitingForAFrameThatIsAClose_IsNotWrittenAgain()
    {
        var theirs = TestFrame.Close(1000);
        await _leg.WriteAsync(theirs.AsMemory(0, 1), Cancellation);
        await _leg.SendCloseAsync(Close);
        await _leg.WriteAsync(theirs.AsMemory(1), Cancellation);

        Assert.Equal(theirs, _peer.Written);
    }

    [Fact]
    public async Task Close_Twice_IsWrittenOnce()
    {
        await _leg.SendCloseAsync(Close);
        await _leg.SendCloseAsync(Close);

        Assert.Equal(Close, _peer.Written);
    }

    [Fact]
    public async Task Close_AfterInvalidFrames_IsNeverWritten()
    {
        byte[] impossibleLength = [0x82, 127, 0xff, 0, 0, 0, 0, 0, 0, 0];
        await _leg.WriteAsync(impossibleLength, Cancellation);
        await _leg.SendCloseAsync(Close);
        await _leg.WriteAsync(new byte[100], Cancellation);

        Assert.Equal([.. impossibleLength, .. new byte[100]], _peer.Written);
        Assert.True(_leg.BoundariesUnknown);
    }

    [Fact]
    public async Task Write_CountsBytesAndTheFramesThatEndInThem()
    {
        var frame = TestFrame.Binary(10);
        await _leg.WriteAsync((byte[])[.. frame, .. frame, .. frame[..3]], Cancellation);
        Assert.Equal((27, 2), (_observer.Bytes, _observer.Frames));

        await _leg.WriteAsync(frame.AsMemory(3), Cancellation);
        Assert.Equal((36, 3), (_observer.Bytes, _observer.Frames));
    }

    // The platform's sockets throw some errors directly; the server and TLS wrap them.
    public static TheoryData<Exception> Losses =>
    [
        new IOException("gone"),
        new IOException("gone", new SocketException((int)SocketError.TimedOut)),
        new SocketException((int)SocketError.TimedOut),
        new SocketException((int)SocketError.HostUnreachable),
        new SocketException((int)SocketError.NetworkUnreachable),
        new SocketException((int)SocketError.NetworkDown),
        new SocketException((int)SocketError.HostDown),
        new SocketException((int)SocketError.ConnectionReset),
        new SocketException((int)SocketError.ConnectionAborted),
        new SocketException((int)SocketError.Shutdown),
        new TaskCanceledException("The request was aborted", new ConnectionAbortedException()),
    ];

    [Theory]
    [MemberData(nameof(Losses), DisableDiscoveryEnumeration = true)]
    public async Task PeerThatIsLost_IsNotified_WhateverTheErrorOfItsSocket(Exception error)
    {
        _peer.WriteFailure = error;
        _peer.OnRead = _ => throw error;

        await Assert.ThrowsAnyAsync<Exception>(async () => await _leg.WriteAsync(TestFrame.Binary(1), Cancellation));
        Assert.Equal((1, 0), (_observer.Losses, _observer.Ends));
        await Assert.ThrowsAnyAsync<Exception>(async () => await _leg.FlushAsync(Cancellation));
        Assert.Equal((2, 0), (_observer.Losses, _observer.Ends));
        await Assert.ThrowsAnyAsync<Exception>(() => ReadAsync(Cancellation));
        Assert.Equal((3, 0), (_observer.Losses, _observer.Ends));
    }

    [Fact]
    public async Task CopyThatIsCancelled_IsNoLoss()
    {
        using var cancelled = new CancellationTokenSource();
        await cancelled.CancelAsync();
        _peer.WriteFailure = new OperationCanceledException();
        _peer.OnRead = _ => throw new OperationCanceledException();

        await Assert.ThrowsAnyAsync<Exception>(async () => await _leg.WriteAsync(TestFrame.Binary(1), cancelled.Token));
        await Assert.ThrowsAnyAsync<Exception>(async () => await _leg.FlushAsync(cancelled.Token));
        await Assert.ThrowsAnyAsync<Exception>(() => ReadAsync(cancelled.Token));

        Assert.Equal(0, _observer.Losses);
    }

    [Fact]
    public async Task Read_AtTheEnd_IsNotified_ButNotForAnEmptyBuffer()
    {
        Assert.Equal(0, await _leg.ReadAsync(Memory<byte>.Empty, Cancellation));
        Assert.Equal(0, _observer.Ends);

        Assert.Equal(0, await _leg.ReadAsync(new byte[1], Cancellation));
        Assert.Equal(1, _observer.Ends);
    }

    private async Task<int> ReadAsync(CancellationToken cancellation) =>
        await _leg.ReadAsync(new byte[1], cancellation);

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    private sealed class RecordingObserver : ILegObserver
    {
        public long Bytes { get; private set; }

        public long Frames { get; private set; }

        public int Closes { get; private set; }

        public int Closed { get; private set; }

        public int Ends { get; private set; }

        public int Losses { get; private set; }

        public void Received()
        {
            // No test of this class depends on the time of a receive.
        }

        public void OnForwarded(long bytes, long frames)
        {
            Bytes += bytes;
            Frames += frames;
        }

        public void OnCloseForwarding() => Closes++;

        void ILegObserver.OnPeerClosed() => Closed++;

        public void OnPeerEof() => Ends++;

        public void OnPeerLost() => Losses++;
    }
}
