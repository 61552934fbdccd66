using System.Buffers;
using System.IO.Pipelines;

namespace WsBalancer.Proxy.Sockets.Transport;

/// <summary>
/// What a connection receives, as its reader sees it. The socket is asked for nothing before somebody reads: the
/// server's first read is then waiting, and goes on where the bytes come, on the loop's thread.
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

    // Why a reader reads no more is nothing to the socket.
    public override void Complete(Exception? exception = null) => _pipe.Reader.Complete();

    /// <summary>Adds what has come. On the loop's thread, as all below.</summary>
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

    /// <summary>Nothing more comes.</summary>
    public void End(Exception? error)
    {
        if (!_isCompleted)
        {
            _isCompleted = true;
            _pipe.Writer.Complete(error);
        }
    }

    /// <summary>Takes out what nobody has read, after the end. There must be no read under way.</summary>
    public ReadOnlyMemory<byte> TakeUnread()
    {
        // The end is told with everything: even what was looked at before, and left.
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

    // On the loop's thread: the pipe's writer is scheduled there.
    private async Task ContinueAsync(ValueTask<FlushResult> flush) => Continue(await flush, wasPaused: true);

    private void Continue(FlushResult result, bool wasPaused)
    {
        if (_isCompleted)
        {
            return;
        }

        if (result.IsCompleted || result.IsCanceled)
        {
            connection.RefuseInput();
        }
        else if (wasPaused)
        {
            connection.ResumeInput();
        }
    }
}
