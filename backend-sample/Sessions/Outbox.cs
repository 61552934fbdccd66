using System.Net.WebSockets;

namespace WsBalancer.BackendSample.Sessions;

/// <summary>The send queue of one client. The thread pool sends its messages in order.</summary>
/// <remarks>
/// The queue has two limits. For messages of other clients, the limit is <c>maxQueueBytes</c>; beyond it
/// <see cref="TryPost"/> returns false, because a slow client must not block the senders. For echoes, the limit is one
/// message of the maximum size; beyond it the node stops reading from the client. So a client may send a whole message
/// before it reads.
/// </remarks>
internal sealed class Outbox(WebSocket socket, ClientMemory memory, int maxQueueBytes, int maxMessageBytes)
    : IThreadPoolWorkItem
{
    /// <summary>The approximate cost of a queued message in addition to its bytes.</summary>
    private const int MessageCost = 64;

    private readonly Lock _lock = new();

    /// <summary>Whole messages, and the first pieces of echoes.</summary>
    private OutgoingQueue _messages;

    /// <summary>
    /// The other pieces of those echoes. No other message may be sent between the pieces of one message.
    /// </summary>
    private OutgoingQueue _pieces;

    private int _queued;
    private int _echoed;
    private bool _isEchoOpen;
    private bool _isSending;
    private bool _isInsideMessage;
    private volatile bool _dropsQueue;
    private bool _isLost;
    private SessionClose? _close;
    private TaskCompletionSource? _room;
    private TaskCompletionSource? _ended;

    // The last two buffers of an echo may be partly unused.
    private int MaxEchoed => maxMessageBytes + (2 * PieceSize.Max);

    private bool IsComplete => _close is not null || _isLost;

    private bool CanSend => IsComplete || (_isInsideMessage ? !_pieces.IsEmpty : !_messages.IsEmpty);

    /// <summary>Queues a text message. After <see cref="Complete"/> the message is dropped.</summary>
    /// <returns>False if the client reads too slowly. An empty queue accepts a message of any length.</returns>
    public bool TryPost(ReadOnlyMemory<byte> text)
    {
        lock (_lock)
        {
            if (IsComplete)
            {
                return true;
            }

            var cost = text.Length + MessageCost;
            if (_queued > 0 && cost > maxQueueBytes - _queued)
            {
                return false;
            }

            _queued += cost;
            _messages.Add(Outgoing.Text(text));
            StartSending();
            return true;
        }
    }

    /// <summary>
    /// Queues a piece of a message as an echo. Only the loop that reads from the client may call this method.
    /// </summary>
    /// <param name="piece">The queue takes ownership: the piece's buffer is returned after the send.</param>
    public async ValueTask EchoAsync(Outgoing piece)
    {
        while (TryEcho(piece) is { } room)
        {
            await room;
        }
    }

    /// <summary>Sends a Close frame after the queued messages, or at once.</summary>
    public void Complete(SessionClose close)
    {
        lock (_lock)
        {
            if (!IsComplete)
            {
                _close = close;
                _dropsQueue = close.DropsQueue;
                EndWaits();
            }
        }
    }

    /// <summary>Drops everything, because the connection is lost.</summary>
    public void Discard()
    {
        lock (_lock)
        {
            _isLost = true;
            _dropsQueue = true;
            EndWaits();
        }
    }

    /// <summary>
    /// Completes when the last send has completed, after <see cref="Complete"/> or <see cref="Discard"/>.
    /// </summary>
    public Task EndAsync()
    {
        lock (_lock)
        {
            return (_ended ??= new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously)).Task;
        }
    }

    void IThreadPoolWorkItem.Execute() => _ = SendAllAsync();

    /// <returns>A task to await if the limit is reached; otherwise null. A single piece is always accepted.</returns>
    private Task? TryEcho(Outgoing piece)
    {
        lock (_lock)
        {
            var cost = piece.Buffer!.Length;
            if (IsComplete)
            {
                memory.Return(piece.Buffer);
                return null;
            }

            if (_echoed > 0 && cost > MaxEchoed - _echoed)
            {
                _room ??= new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
                return _room.Task;
            }

            _echoed += cost;
            if (_isEchoOpen)
            {
                _pieces.Add(piece);
            }
            else
            {
                _messages.Add(piece);
            }

            _isEchoOpen = !piece.EndsMessage;
            StartSending();
            return null;
        }
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
        StartSending();
    }

    private void DropQueue()
    {
        while ((_messages.Take() ?? _pieces.Take()) is { } outgoing)
        {
            Settle(outgoing);
        }
    }

    private async Task SendAllAsync()
    {
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
        lock (_lock)
        {
            var next = _isInsideMessage ? _pieces.Take() : _messages.Take();
            if (next is null && IsComplete)
            {
                // The current echo cannot be finished, so no message queued behind it can be sent.
                DropQueue();
            }

            _isInsideMessage = next is { EndsMessage: false } || (next is null && _isInsideMessage);
            isEnd = next is null && IsComplete;
            _isSending = next is not null || isEnd;
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
        lock (_lock)
        {
            if (outgoing.Buffer is null)
            {
                _queued -= outgoing.Bytes.Length + MessageCost;
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
        lock (_lock)
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
