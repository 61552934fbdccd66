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
    private volatile bool _isTimedOut;

    public FirstByteReader(PipeReader inner, FirstByteTimeouts timeouts)
    {
        _inner = inner;
        _pending = timeouts.Start(this);
        _hasBegun = _pending is null;
    }

    public override ValueTask<ReadResult> ReadAsync(CancellationToken cancellationToken = default) =>
        _hasBegun ? _inner.ReadAsync(cancellationToken) : ReadFirstAsync(cancellationToken);

    public override bool TryRead(out ReadResult result)
    {
        var isRead = _inner.TryRead(out result);
        if (isRead && !_hasBegun)
        {
            result = First(result);
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
        _isTimedOut = true;
        _inner.CancelPendingRead();
    }

    private async ValueTask<ReadResult> ReadFirstAsync(CancellationToken cancellation) =>
        First(await _inner.ReadAsync(cancellation));

    private ReadResult First(ReadResult result)
    {
        if (!result.Buffer.IsEmpty)
        {
            _hasBegun = true;
            Stop();
        }

        // The timeout has cancelled the read. Bytes that were received at the same moment are still read.
        return _isTimedOut && result.IsCanceled
            ? new ReadResult(result.Buffer, isCanceled: false, result.IsCompleted || !_hasBegun)
            : result;
    }
}
