using System.Net.WebSockets;
using WsBalancer.BackendSample.Access;
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
    private SenderRate? _rate;
    private SessionExpiry? _expiry;

    /// <summary>The time stamp of the last bytes from the client.</summary>
    private long _activeAt;
    private ITimer? _closeTimer;
    private bool _isOver;

    /// <param name="client">The user and the device that the client sent.</param>
    /// <param name="socket">The WebSocket. The session does not dispose it.</param>
    /// <param name="connection">The connection of the WebSocket.</param>
    /// <param name="limits">The limits.</param>
    public Session(SessionClient client, WebSocket socket, ISessionConnection connection, SessionLimits limits)
    {
        Identity = client.Identity;
        _client = client;
        _socket = socket;
        _connection = connection;
        _limits = limits;
        _memory = new ClientMemory(limits.Memory);
        _outbox = new Outbox(socket, connection, _memory, limits);
        _inbox = new Inbox(socket, _outbox, _memory, limits.Options.MaxMessageBytes);
    }

    /// <summary>The user, and what the token allows. Only the loop that reads from the client may use it.</summary>
    public ClientIdentity Identity { get; private set; }

    public string User => _client.Identity.User;

    /// <summary>The type of the device, one of <see cref="DeviceTypes"/>; null if the client sent none.</summary>
    public string? Device => _client.Device;

    /// <summary>The recovery of the user's channel that the client requests; null for none.</summary>
    public RecoveryRequest? Recovery => _client.Recovery;

    /// <summary>How long the client has sent nothing; zero while one of its messages is handled.</summary>
    public TimeSpan IdleTime => IsHandling ? TimeSpan.Zero : _limits.Time.GetElapsedTime(_activeAt);

    /// <summary>Whether a message of the client is being handled, so that the next one is not read yet.</summary>
    public bool IsHandling { get; set; }

    /// <summary>The place of the session in the <see cref="IdleWheel"/>.</summary>
    public int IdleBucket { get; set; }

    /// <summary>The bytes that wait for the client, without echoes.</summary>
    public int QueuedBytes => _outbox.QueuedBytes;

    public long FreeBytes => Math.Max(0, _limits.Options.MaxQueueBytes - QueuedBytes);

    /// <summary>
    /// The rooms of which the user is a member. Only the loop that reads from the client may use this set.
    /// </summary>
    public HashSet<string> Rooms => _rooms ??= new HashSet<string>(StringComparer.Ordinal);

    public void NoteActivity() => _activeAt = _limits.Time.GetTimestamp();

    public void Post(Delivery delivery)
    {
        if (!_outbox.TryPost(delivery))
        {
            Close(SessionClose.SlowConsumer);
        }
    }

    /// <summary>Answers a message of the client with an error.</summary>
    public Task RefuseAsync(ClientMessage message, string reason)
    {
        Post(Delivery.Control(ServerMessage.Error(reason, message.Id)));
        return Task.CompletedTask;
    }

    /// <summary>Counts a message of the client. Beyond the rate it is refused, and the client closed if it continues.
    /// </summary>
    /// <param name="id">The id of the message; null without one.</param>
    /// <returns>Whether the message may be handled.</returns>
    public bool TryCount(string? id)
    {
        if (_rate is null || _rate.TryTake())
        {
            return true;
        }

        if (_rate.TryRefuse())
        {
            Post(Delivery.Control(ServerMessage.Error("too many messages: send fewer in a second", id)));
        }
        else
        {
            Close(SessionClose.TooManyMessages);
        }

        return false;
    }

    /// <summary>Begins to watch the end of the token, if there is one.</summary>
    public void WatchToken() => Renew(Identity);

    /// <summary>Continues with the identity of a new token.</summary>
    public void Renew(ClientIdentity identity)
    {
        Identity = identity;
        if (identity.Expires is not { } expires)
        {
            return;
        }

        if (_expiry is { } expiry)
        {
            expiry.Renew(expires);
        }
        else
        {
            _expiry = new SessionExpiry(this, expires, _limits.Options.Access.TokenGrace, _limits.Time);
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
            // Not earlier: a session whose welcome fails is never run, and would not release the rate of its user.
            _rate = _limits.Rates.Create(User);
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

        _expiry?.Stop();
        _rate?.Dispose();
        _memory.ReleaseAll();
    }
}
