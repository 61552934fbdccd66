using System.IO.Pipelines;

namespace WsBalancer.Sockets.Transport;

/// <summary>
/// Reads a connection of any transport except the event loops. If nothing is received in time, the input ends as after
/// a client's FIN, and the server then closes the connection, whatever it waits for.
/// </summary>
internal sealed class FirstByteReader : PipeReader, IFirstByteTimeout
{
    private readonly PipeReader _inner;
    private readonly PendingFirstByte? _pending;
    private bool _hasBegun;

    // The timeout is pending, or it has cancelled a read that has not returned yet.
    private bool _isWatched;
    private volatile bool _isTimedOut;

    public FirstByteReader(PipeReader inner, FirstByteTimeouts timeouts)
    {
        _inner = inner;
        _pending = timeouts.Start(this);
        _isWatched = _pending is not null;
    }

    public override ValueTask<ReadResult> ReadAsync(CancellationToken cancellationToken = default) =>
        _isWatched ? ReadWatchedAsync(cancellationToken) : _inner.ReadAsync(cancellationToken);

    public override bool TryRead(out ReadResult result)
    {
        var isRead = _inner.TryRead(out result);
        if (isRead && _isWatched)
        {
            result = Watched(result);
        }

        return isRead;
    }

    public override void AdvanceTo(SequencePosition consumed) => _inner.AdvanceTo(consumed);

    public override void AdvanceTo(SequencePosition consumed, SequencePosition examined) =>
        _inner.AdvanceTo(consumed, examined);

    public override void CancelPendingRead() => _inner.CancelPendingRead();

    public override void Complete(Exception? exception = null) => _inner.Complete(exception);

    public override ValueTask CompleteAsync(Exception? exception = null) => _inner.CompleteAsync(exception);

    /// <summary>Stops the timeout, because the connection has ended.</summary>
    public void Stop() => _pending?.Stop();

    void IFirstByteTimeout.TimedOut(PendingFirstByte pending)
    {
        if (pending.Stop())
        {
            _isTimedOut = true;
            _inner.CancelPendingRead();
        }
    }

    private async ValueTask<ReadResult> ReadWatchedAsync(CancellationToken cancellation) =>
        Watched(await _inner.ReadAsync(cancellation));

    private ReadResult Watched(ReadResult result)
    {
        if (!_hasBegun && !result.Buffer.IsEmpty)
        {
            // A timeout that was stopped before has expired: it cancels this read or a later one.
            _hasBegun = true;
            _isWatched = _pending is { } pending && !pending.Stop();
        }

        if (!_isTimedOut || !result.IsCanceled)
        {
            return result;
        }

        // The timeout has cancelled the read. Bytes that were received at the same moment are still read.
        _isWatched = !_hasBegun;
        return new ReadResult(result.Buffer, isCanceled: false, result.IsCompleted || !_hasBegun);
    }
}
