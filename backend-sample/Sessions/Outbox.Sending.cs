namespace WsBalancer.BackendSample.Sessions;

/// <content>The loop that sends.</content>
internal sealed partial class Outbox
{
    void IThreadPoolWorkItem.Execute() => _ = SendAllAsync();

    private void ContinueSending()
    {
        if (IsBatchFull)
        {
            EndBatch();
        }

        StartSending();
    }

    private void EndBatch()
    {
        _batch?.TrySetResult();
        _batch = null;
    }

    private void StartSending()
    {
        if (!_isSending && CanSend)
        {
            _isSending = true;
            ThreadPool.UnsafeQueueUserWorkItem(this, preferLocal: false);
        }
    }

    private void EndWaits()
    {
        if (_dropsQueue)
        {
            // Drop at once: a send to a client that does not read would last until the close timeout.
            DropQueue();
        }

        _room?.TrySetResult();
        _room = null;
        EndBatch();
        StartSending();
    }

    private void DropQueue()
    {
        while ((_messages?.Take() ?? _pieces.Take()) is { } outgoing)
        {
            Settle(outgoing);
        }

        _messages = null;
    }

    private async Task SendAllAsync()
    {
        if (limits.Options.BatchDelay > TimeSpan.Zero)
        {
            await WaitForBatchAsync();
        }

        Exception? fault = null;
        bool isEnd;
        while (Take(out isEnd) is { } outgoing)
        {
            fault ??= await AttemptAsync(SendAsync(outgoing));
            Settle(outgoing);
        }

        if (isEnd)
        {
            fault ??= await AttemptAsync(SendCloseAsync());
            SetEnded(fault);
        }
    }

    private async Task WaitForBatchAsync()
    {
        var batch = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        lock (memory)
        {
            if (IsComplete || IsBatchFull)
            {
                return;
            }

            _batch = batch;
        }

        await using var timer = limits.Time.CreateTimer(
            static batch => ((TaskCompletionSource)batch!).TrySetResult(),
            batch,
            limits.Options.BatchDelay,
            Timeout.InfiniteTimeSpan);
        await batch.Task;
        lock (memory)
        {
            _batch = null;
        }
    }

    /// <returns>The failure, or null if the connection was lost. In both cases no more is sent.</returns>
    private async Task<Exception?> AttemptAsync(Task sending)
    {
        try
        {
            await sending;
            return null;
        }
        catch (Exception failure)
        {
            Discard();
            return Loss.Is(failure) ? null : failure;
        }
    }

    /// <param name="isEnd">Whether nothing more will be sent, so that the Close frame is next.</param>
    private Outgoing? Take(out bool isEnd)
    {
        lock (memory)
        {
            var next = _isInsideMessage ? _pieces.Take() : _messages?.Take();
            if (next is null && IsComplete)
            {
                // The current echo cannot be finished, so no message queued behind it can be sent.
                DropQueue();
            }

            _isInsideMessage = next is { EndsMessage: false } || (next is null && _isInsideMessage);
            isEnd = next is null && IsComplete;
            _isSending = next is not null || isEnd;
            _sending = next?.Cost ?? 0;
            _messages = _messages is { IsEmpty: true } ? null : _messages;

            // More messages follow, or a Close frame: the connection collects this one.
            connection.IsBatch = next is not null && CanSend;
            return next;
        }
    }

    private async Task SendAsync(Outgoing outgoing)
    {
        var rest = outgoing.Bytes;
        do
        {
            if (_dropsQueue)
            {
                return;
            }

            // Frames are limited in length because the WebSocket copies each of them.
            var frame = rest[..Math.Min(rest.Length, PieceSize.MaxOfFrame)];
            rest = rest[frame.Length..];
            var endsMessage = outgoing.EndsMessage && rest.IsEmpty;
            await socket.SendAsync(frame, outgoing.Type, endsMessage, CancellationToken.None);
        }
        while (!rest.IsEmpty);
    }

    private async Task SendCloseAsync()
    {
        if (!_isLost)
        {
            await socket.CloseOutputAsync(_close!.Status, _close.Reason, CancellationToken.None);
        }
    }

    private void Settle(Outgoing outgoing)
    {
        lock (memory)
        {
            if (outgoing.Buffer is null)
            {
                memory.NoteSent(outgoing.Bytes.Length);
                return;
            }

            _echoed -= outgoing.Buffer.Length;
            memory.Return(outgoing.Buffer);
            _room?.TrySetResult();
            _room = null;
        }
    }

    private void SetEnded(Exception? fault)
    {
        lock (memory)
        {
            _ended ??= new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        }

        if (fault is null)
        {
            _ended.TrySetResult();
        }
        else
        {
            _ended.TrySetException(fault);
        }
    }
}
