using System.Buffers;
using System.IO.Pipelines;

namespace WsBalancer.Sockets.Transport;

/// <summary>
/// The reader of a connection's input. The socket receives nothing before the first read, so that the read is pending
/// when bytes are received, and with inline scheduling continues on the loop's thread.
/// </summary>
internal sealed class LoopInput(LoopConnection connection, PipeOptions options) : PipeReader
{
    private readonly Pipe _pipe = new(options);
    private bool _isRead;
    private bool _isCompleted;


    public override ValueTask<ReadResult> ReadAsync(CancellationToken cancellationToken = default)
    {
        var read = _pipe.Reader.ReadAsync(cancellationToken);
        Begin();
        return read;
    }

    public override bool TryRead(out ReadResult result)
    {
        Begin();
        return _pipe.Reader.TryRead(out result);
    }

    public override void AdvanceTo(SequencePosition consumed) => _pipe.Reader.AdvanceTo(consumed);

    public override void AdvanceTo(SequencePosition consumed, SequencePosition examined) =>
        _pipe.Reader.AdvanceTo(consumed, examined);

    public override void CancelPendingRead() => _pipe.Reader.CancelPendingRead();

    // The exception is dropped: FlushAsync would throw it on the loop.
    public override void Complete(Exception? exception = null) => _pipe.Reader.Complete();

    /// <summary>Adds received bytes. Called on the loop's thread, as all members below.</summary>
    public void Write(ReadOnlySpan<byte> bytes)
    {
        _pipe.Writer.Write(bytes);
        var flush = _pipe.Writer.FlushAsync();
        if (flush.IsCompletedSuccessfully)
        {
            Continue(flush.Result, wasPaused: false);
        }
        else
        {
            connection.PauseInput();
            _ = ContinueAsync(flush);
        }
    }

    /// <summary>Completes the input. Reads throw the error, if there is one.</summary>
    public void End(Exception? error)
    {
        if (!_isCompleted)
        {
            _isCompleted = true;
            _pipe.Writer.Complete(error);
        }
    }

    /// <summary>Takes the unread bytes out, after <see cref="End"/>. No read may be pending.</summary>
    public ReadOnlyMemory<byte> TakeUnread()
    {
        // After completion, TryRead returns all unconsumed bytes, also those that were examined before.
        if (!_pipe.Reader.TryRead(out var result))
        {
            return default;
        }

        var unread = result.Buffer.IsEmpty ? [] : result.Buffer.ToArray();
        _pipe.Reader.AdvanceTo(result.Buffer.End);
        return unread;
    }

    private void Begin()
    {
        if (!_isRead)
        {
            _isRead = true;
            connection.BeginInput();
        }
    }

    // Continues on the loop's thread, on which the pipe schedules its writer.
    private async Task ContinueAsync(ValueTask<FlushResult> flush) => Continue(await flush, wasPaused: true);

    private void Continue(FlushResult result, bool wasPaused)
    {
        if (_isCompleted)
        {
            return;
        }

        if (result.IsCompleted || result.IsCanceled)
        {
            connection.EndInput();
        }
        else if (wasPaused)
        {
            connection.ResumeInput();
        }
    }
}
