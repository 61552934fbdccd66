using System.Net.WebSockets;
using WsBalancer.BackendSample.Channels;

namespace WsBalancer.BackendSample.Sessions;

/// <summary>The send queue of one client. The thread pool sends its messages, those of higher priority first.</summary>
/// <remarks>
/// The queue has two limits. For messages of other clients, the limit is <c>MaxQueueBytes</c>; beyond it cheaper
/// messages are dropped, and if there are none <see cref="TryPost"/> returns false, because a slow client must not
/// block the senders. For echoes, the limit is one message of the maximum size; beyond it the node stops reading from
/// the client. So a client may send a whole message before it reads. The client's memory is the lock.
/// </remarks>
internal sealed partial class Outbox(
    WebSocket socket, ISessionConnection connection, ClientMemory memory, SessionLimits limits)
    : IThreadPoolWorkItem
{
    /// <summary>Whole messages, and the first pieces of echoes; null if there are none.</summary>
    private OutgoingMessages? _messages;

    /// <summary>
    /// The other pieces of those echoes. No other message may be sent between the pieces of one message.
    /// </summary>
    private OutgoingQueue _pieces;

    /// <summary>The cost of the text that is being sent.</summary>
    private int _sending;

    /// <summary>The length of the buffers of all queued echoes.</summary>
    private int _echoed;
    private bool _isEchoOpen;
    private bool _isSending;
    private bool _isInsideMessage;
    private volatile bool _dropsQueue;
    private bool _isLost;
    private SessionClose? _close;
    private TaskCompletionSource? _room;
    private TaskCompletionSource? _ended;

    /// <summary>The batch that waits for more messages; null if none does.</summary>
    private TaskCompletionSource? _batch;

    /// <summary>The bytes that wait for the client, without echoes.</summary>
    public int QueuedBytes
    {
        get
        {
            lock (memory)
            {
                return Queued;
            }
        }
    }

    private int Queued => _sending + (_messages?.QueuedBytes ?? 0);

    // The last two buffers of an echo may be partly unused.
    private int MaxEchoed => limits.Options.MaxMessageBytes + (2 * PieceSize.Max);

    private bool IsComplete => _close is not null || _isLost;

    private bool IsBatchFull => Queued + _echoed >= limits.Options.BatchBytes;

    private bool CanSend => IsComplete || (_isInsideMessage ? !_pieces.IsEmpty : _messages is not null);

    /// <summary>Queues a text message. After <see cref="Complete"/> the message is dropped.</summary>
    /// <returns>False if the client reads too slowly. An empty queue accepts a message of any length.</returns>
    public bool TryPost(Delivery delivery)
    {
        lock (memory)
        {
            if (IsComplete)
            {
                return true;
            }

            if (!TryFree(delivery))
            {
                var isWorthless = delivery.Priority is Priority.Ephemeral;
                if (isWorthless)
                {
                    limits.Shed.Add(Priority.Ephemeral);
                }

                return isWorthless;
            }

            (_messages ??= new OutgoingMessages()).Add(delivery);
            ContinueSending();
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
        lock (memory)
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
        lock (memory)
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
        lock (memory)
        {
            return (_ended ??= new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously)).Task;
        }
    }

    /// <returns>A task to await if the limit is reached; otherwise null. A single piece is always accepted.</returns>
    private Task? TryEcho(Outgoing piece)
    {
        lock (memory)
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
                (_messages ??= new OutgoingMessages()).Add(piece);
            }

            _isEchoOpen = !piece.EndsMessage;
            ContinueSending();
            return null;
        }
    }

    private bool TryFree(Delivery delivery)
    {
        var excess = Queued + delivery.Cost - limits.Options.MaxQueueBytes;
        if (Queued > 0 && excess > 0)
        {
            _messages?.Shed(delivery.Priority, excess, limits.Shed);
            return Queued == 0 || Queued + delivery.Cost <= limits.Options.MaxQueueBytes;
        }

        return true;
    }
}
