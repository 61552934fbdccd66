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
    private readonly SessionClient _client;
    private readonly WebSocket _socket;
    private readonly ISessionConnection _connection;
    private readonly SessionLimits _limits;
    private readonly ClientMemory _memory;
    private readonly Outbox _outbox;

    /// <summary>The input; also the lock of the state below.</summary>
    private readonly Inbox _inbox;
    private HashSet<string>? _rooms;
    private ITimer? _closeTimer;
    private bool _isOver;

    /// <param name="client">The user and the device that the client sent.</param>
    /// <param name="socket">The WebSocket. The session does not dispose it.</param>
    /// <param name="connection">The connection of the WebSocket.</param>
    /// <param name="limits">The limits.</param>
    public Session(SessionClient client, WebSocket socket, ISessionConnection connection, SessionLimits limits)
    {
        _client = client;
        _socket = socket;
        _connection = connection;
        _limits = limits;
        _memory = new ClientMemory(limits.Memory);
        _outbox = new Outbox(socket, connection, _memory, limits);
        _inbox = new Inbox(socket, _outbox, _memory, limits.Options.MaxMessageBytes);
    }

    public string User => _client.User;

    /// <summary>The type of the device; null if the client sent none.</summary>
    public string? Device => _client.Device;

    /// <summary>The recovery of the user's channel that the client requests; null for none.</summary>
    public RecoveryRequest? Recovery => _client.Recovery;

    /// <summary>The time stamp of the last message from the client.</summary>
    public long ActiveAt { get; private set; }

    /// <summary>The place of the session in the <see cref="IdleWheel"/>.</summary>
    public int IdleBucket { get; set; }

    /// <summary>The bytes that wait for the client, without echoes.</summary>
    public int QueuedBytes => _outbox.QueuedBytes;

    public long FreeBytes => Math.Max(0, _limits.Options.MaxQueueBytes - QueuedBytes);

    /// <summary>Whether the closing handshake has begun.</summary>
    public bool IsClosing => _closeTimer is not null;

    /// <summary>
    /// The rooms of which the user is a member. Only the loop that reads from the client may use this set.
    /// </summary>
    public HashSet<string> Rooms => _rooms ??= new HashSet<string>(StringComparer.Ordinal);

    public void NoteActivity() => ActiveAt = _limits.Time.GetTimestamp();

    public void Post(Delivery delivery)
    {
        if (!_outbox.TryPost(delivery))
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
        lock (_inbox)
        {
            if (_isOver || _closeTimer is not null)
            {
                return;
            }

            _closeTimer = _limits.Time.CreateTimer(
                static session => ((Session)session!)._connection.Abort(),
                this,
                _limits.Options.CloseTimeout,
                Timeout.InfiniteTimeSpan);
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
        _connection.Abort();
        _outbox.Discard();
        await _outbox.EndAsync();
    }

    private void End()
    {
        lock (_inbox)
        {
            _isOver = true;
            _closeTimer?.Dispose();
        }

        _memory.ReleaseAll();
    }
}
