using System.IO.Pipelines;
using Microsoft.Extensions.Time.Testing;
using WsBalancer.Sockets.Transport;

namespace WsBalancer.Proxy.Tests.Sockets.Transport;

public sealed class FirstByteTimeoutsTests : IDisposable
{
    private static readonly TimeSpan Minute = TimeSpan.FromMinutes(1);

    private readonly FakeTimeProvider _time = new();
    private readonly FirstByteTimeouts _timeouts;
    private readonly Pipe _pipe = new();

    public FirstByteTimeoutsTests() => _timeouts = new FirstByteTimeouts(Minute, _time);

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public void Timeout_IsThatOfEachConnection()
    {
        var (first, second) = (new Connection(), new Connection());
        _timeouts.Start(first);
        _time.Advance(Minute / 2);
        _timeouts.Start(second);

        _time.Advance(Minute / 2);
        Assert.Equal((1, 0), (first.TimedOut, second.TimedOut));
        _time.Advance(Minute / 2);
        Assert.Equal((1, 1), (first.TimedOut, second.TimedOut));
    }

    [Fact]
    public void StoppedTimeout_DoesNotNotify()
    {
        var (first, second) = (new Connection(), new Connection());
        var pending = _timeouts.Start(first)!;
        _timeouts.Start(second);

        Assert.True(pending.Stop());
        Assert.False(pending.Stop());
        _time.Advance(Minute);

        Assert.Equal((0, 1), (first.TimedOut, second.TimedOut));
    }

    [Fact]
    public void ConnectionAfterAllHaveTimedOut_HasATimeoutToo()
    {
        var (first, second) = (new Connection(), new Connection());
        _timeouts.Start(first);
        _time.Advance(Minute);
        _timeouts.Start(second);

        _time.Advance(Minute);

        Assert.Equal((1, 1), (first.TimedOut, second.TimedOut));
    }

    [Fact]
    public void Off_IsNoTimeout()
    {
        using var off = new FirstByteTimeouts(null, _time);

        Assert.Null(off.Start(new Connection()));
    }

    [Fact]
    public async Task Reader_IsAtTheEnd_WhenNothingIsReceivedInTime()
    {
        var reader = new FirstByteReader(_pipe.Reader, _timeouts);
        var read = reader.ReadAsync(Cancellation).AsTask();

        _time.Advance(Minute);
        var result = await read;

        Assert.Equal((true, false, true), (result.Buffer.IsEmpty, result.IsCanceled, result.IsCompleted));
    }

    [Fact]
    public async Task Reader_GetsTheFirstBytes_ThatAreReceivedAtTheTimeout()
    {
        var reader = new FirstByteReader(_pipe.Reader, _timeouts);
        await _pipe.Writer.WriteAsync("GET"u8.ToArray(), Cancellation);

        _time.Advance(Minute);
        var first = await reader.ReadAsync(Cancellation);
        reader.AdvanceTo(first.Buffer.End);
        var second = reader.ReadAsync(Cancellation).AsTask();
        await _pipe.Writer.WriteAsync(" /"u8.ToArray(), Cancellation);

        Assert.Equal((3, false, false), ((int)first.Buffer.Length, first.IsCanceled, first.IsCompleted));
        Assert.Equal((2, false), ((int)(await second).Buffer.Length, (await second).IsCanceled));
    }

    // Both timeouts expire together: the reader's first byte is read while the other connection is notified.
    [Fact]
    public async Task Reader_ThatHasReadItsFirstByte_IsNotCancelled()
    {
        var other = new Connection();
        _timeouts.Start(other);
        var reader = new FirstByteReader(_pipe.Reader, _timeouts);
        await _pipe.Writer.WriteAsync("G"u8.ToArray(), Cancellation);
        other.WhenTimedOut = () => Consume(reader);

        _time.Advance(Minute);
        await _pipe.Writer.WriteAsync("ET"u8.ToArray(), Cancellation);
        var result = await reader.ReadAsync(Cancellation);

        Assert.Equal(1, other.TimedOut);
        Assert.Equal((2, false, false), ((int)result.Buffer.Length, result.IsCanceled, result.IsCompleted));
    }

    // The timeout expires after the read of the first byte has ended, and before the reader has stopped it.
    [Fact]
    public async Task Reader_WhoseFirstByteIsReadAtTheTimeout_HidesTheCancellationOnce()
    {
        var reader = new FirstByteReader(new ExpiringReader(_pipe.Reader, () => _time.Advance(Minute)), _timeouts);
        await _pipe.Writer.WriteAsync("G"u8.ToArray(), Cancellation);
        Consume(reader);

        var hidden = await reader.ReadAsync(Cancellation);
        reader.AdvanceTo(hidden.Buffer.Start);
        reader.CancelPendingRead();
        var cancelled = await reader.ReadAsync(Cancellation);

        Assert.Equal((0, false, false), ((int)hidden.Buffer.Length, hidden.IsCanceled, hidden.IsCompleted));
        Assert.Equal((true, false), (cancelled.IsCanceled, cancelled.IsCompleted));
    }

    [Fact]
    public async Task Reader_KeepsAnothersCancellation()
    {
        var reader = new FirstByteReader(_pipe.Reader, _timeouts);
        reader.CancelPendingRead();

        var result = await reader.ReadAsync(Cancellation);

        Assert.Equal((true, false), (result.IsCanceled, result.IsCompleted));
    }

    public void Dispose() => _timeouts.Dispose();

    private static void Consume(FirstByteReader reader)
    {
        Assert.True(reader.TryRead(out var result));
        Assert.Equal((1, false), ((int)result.Buffer.Length, result.IsCanceled));
        reader.AdvanceTo(result.Buffer.End);
    }

    private sealed class Connection : IFirstByteTimeout
    {
        public int TimedOut { get; private set; }

        /// <summary>An additional action.</summary>
        public Action? WhenTimedOut { get; set; }

        void IFirstByteTimeout.TimedOut(PendingFirstByte pending)
        {
            TimedOut++;
            WhenTimedOut?.Invoke();
        }
    }

    /// <summary>Runs an action after each successful <see cref="TryRead"/>, before its caller continues.</summary>
    private sealed class ExpiringReader(PipeReader inner, Action expire) : PipeReader
    {
        public override bool TryRead(out ReadResult result)
        {
            var isRead = inner.TryRead(out result);
            expire();
            return isRead;
        }

        public override ValueTask<ReadResult> ReadAsync(CancellationToken cancellationToken = default) =>
            inner.ReadAsync(cancellationToken);

        public override void AdvanceTo(SequencePosition consumed) => inner.AdvanceTo(consumed);

        public override void AdvanceTo(SequencePosition consumed, SequencePosition examined) =>
            inner.AdvanceTo(consumed, examined);

        public override void CancelPendingRead() => inner.CancelPendingRead();

        public override void Complete(Exception? exception = null) => inner.Complete(exception);
    }
}
