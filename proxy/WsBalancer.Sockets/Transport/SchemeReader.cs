using System.Buffers;
using System.IO.Pipelines;

namespace WsBalancer.Sockets.Transport;

/// <summary>
/// Reads a connection, and replaces the scheme <c>ws</c> in the target of its first request by <c>http</c>.
/// </summary>
/// <remarks>
/// Only the first request of a connection is read: the start of a later one depends on the bodies before it. For a
/// connection without such a request only the first bytes are examined.
/// </remarks>
internal sealed class SchemeReader(PipeReader inner, Action rewritten) : PipeReader
{
    private bool _isDecided;

    // The rewritten bytes, until all of them are consumed.
    private byte[]? _kept;
    private ReadOnlySequence<byte> _given;
    private int _examined;

    public override ValueTask<ReadResult> ReadAsync(CancellationToken cancellationToken = default) =>
        _isDecided && _kept is null ? inner.ReadAsync(cancellationToken) : ReadStartAsync(cancellationToken);

    public override bool TryRead(out ReadResult result)
    {
        if (TryGive(out result))
        {
            return true;
        }

        var isThere = inner.TryRead(out result);
        result = isThere ? Take(result) : result;
        return isThere;
    }

    public override void AdvanceTo(SequencePosition consumed) => AdvanceTo(consumed, consumed);

    public override void AdvanceTo(SequencePosition consumed, SequencePosition examined)
    {
        if (_kept is not { } kept)
        {
            inner.AdvanceTo(consumed, examined);
            return;
        }

        var used = (int)_given.Slice(0, consumed).Length;
        _examined = (int)_given.Slice(0, examined).Length - used;
        _kept = used == kept.Length ? null : kept[used..];
    }

    public override void CancelPendingRead() => inner.CancelPendingRead();

    public override void Complete(Exception? exception = null) => inner.Complete(exception);

    public override ValueTask CompleteAsync(Exception? exception = null) => inner.CompleteAsync(exception);

    private async ValueTask<ReadResult> ReadStartAsync(CancellationToken cancellation) =>
        TryGive(out var given) ? given : Take(await inner.ReadAsync(cancellation));

    private bool TryGive(out ReadResult result)
    {
        if (_kept is { } kept && _examined < kept.Length)
        {
            result = Give(kept, isCanceled: false, isCompleted: false);
            return true;
        }

        result = default;
        return false;
    }

    private ReadResult Take(ReadResult result)
    {
        if (_kept is { } kept)
        {
            _kept = [.. kept, .. result.Buffer.ToArray()];
            inner.AdvanceTo(result.Buffer.End);
            return Give(_kept, result.IsCanceled, result.IsCompleted);
        }

        if (!_isDecided && WebSocketScheme.Find(result.Buffer, out _isDecided) is { } place)
        {
            _kept = WebSocketScheme.Replace(result.Buffer, place);
            inner.AdvanceTo(result.Buffer.End);
            rewritten();
            return Give(_kept, result.IsCanceled, result.IsCompleted);
        }

        return result;
    }

    private ReadResult Give(byte[] kept, bool isCanceled, bool isCompleted)
    {
        _given = new ReadOnlySequence<byte>(kept);
        return new ReadResult(_given, isCanceled, isCompleted);
    }
}
