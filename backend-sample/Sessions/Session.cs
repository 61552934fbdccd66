using System.Net.WebSockets;
using WsBalancer.BackendSample.Channels;
using WsBalancer.BackendSample.Messaging;

namespace WsBalancer.BackendSample.Sessions;

/// <summary>One WebSocket of one user, from the upgrade to the end of the closing handshake.</summary>
/// <remarks>
/// Most sessions are idle most of the time: objects that an idle session does not need are created on demand.
/// </remarks>
internal sealed class Session : IAudienceMember
{
    private readonly WebSocket _socket;
    private readonly Action _abort;
    private readonly TimeProvider _time;
    private readonly TimeSpan _closeTimeout;
    private readonly ClientMemory _memory;
    private readonly Outbox _outbox;
    private readonly Inbox _inbox;
    private readonly Lock _lock = new();
    private HashSet<string>? _rooms;
    private ITimer? _closeTimer;
    private bool _isOver;

    /// <param name="user">The user id that the client sent.</param>
    /// <param name="socket">The WebSocket. The session does not dispose it.</param>
    /// <param name="abort">Aborts the connection and all pending operations on it.</param>
    /// <param name="options">The limits.</param>
    /// <param name="memory">The limit that all sessions share.</param>
    /// <param name="time">The time source of the close timeout.</param>
    public Session(
        string user, WebSocket socket, Action abort, NodeOptions options, MessageMemory memory, TimeProvider time)
    {
        User = user;
        _socket = socket;
        _abort = abort;
        _time = time;
        _closeTimeout = options.CloseTimeout;
        _memory = new ClientMemory(memory);
        _outbox = new Outbox(socket, _memory, options.MaxQueueBytes, options.MaxMessageBytes);
        _inbox = new Inbox(socket, _outbox, _memory, options.MaxMessageBytes);
    }

    public string User { get; }

    /// <summary>
    /// The rooms of which the user is a member. Only the loop that reads from the client may use this set.
    /// </summary>
    public HashSet<string> Rooms => _rooms ??= new HashSet<string>(StringComparer.Ordinal);

    public void Post(Delivery delivery)
    {
        if (!_outbox.TryPost(delivery.Bytes))
        {
            Close(SessionClose.SlowConsumer);
        }
    }

    /// <summary>
    /// Begins the closing handshake and returns at once. Only the first call has an effect; the connection of a client
    /// that does not answer in time is aborted.
    /// </summary>
    public void Close(SessionClose close)
    {
        lock (_lock)
        {
            if (_isOver || _closeTimer is not null)
            {
                return;
            }

            _closeTimer = _time.CreateTimer(
                static session => ((Session)session!)._abort(), this, _closeTimeout, Timeout.InfiniteTimeSpan);
        }

        _outbox.Complete(close);
    }

    /// <summary>Serves the client until the connection is closed or lost.</summary>
    /// <param name="handle">
    /// Handles a message. The payload is valid until the method returns, not until its task completes.
    /// </param>
    public async Task RunAsync(Func<Session, ClientMessage, Task> handle)
    {
        try
        {
            var end = await _inbox.ReadAsync(this, handle);
            if (end is not InboxEnd.ClientClosed)
            {
                Close(end is InboxEnd.NoMemory ? SessionClose.OutOfMemory : SessionClose.MessageTooBig);
                await _inbox.DiscardAsync();
            }

            Close(SessionClose.AnswerTo(_socket.CloseStatus));
            await _outbox.EndAsync();
        }
        catch (Exception failure)
        {
            await CutOffAsync();
            if (!Loss.Is(failure))
            {
                throw;
            }
        }
        finally
        {
            End();
        }
    }

    private async Task CutOffAsync()
    {
        _abort();
        _outbox.Discard();
        await _outbox.EndAsync();
    }

    private void End()
    {
        lock (_lock)
        {
            _isOver = true;
            _closeTimer?.Dispose();
        }

        _memory.ReleaseAll();
    }
}
