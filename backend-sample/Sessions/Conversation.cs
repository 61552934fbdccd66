using WsBalancer.BackendSample.Messaging;

namespace WsBalancer.BackendSample.Sessions;

/// <summary>Handles the messages of the node's clients.</summary>
internal sealed class Conversation
{
    /// <summary>The maximum number of rooms of one session: Centrifugo's limit.</summary>
    public const int MaxRooms = 128;

    private readonly string _node;
    private readonly IMessageBus _bus;
    private readonly Subscriptions _subscriptions;
    private readonly Audience _audience;

    // Created once and shared by all sessions.
    private readonly Func<Session, ClientMessage, Task> _answer;

    public Conversation(NodeOptions options, IMessageBus bus, Subscriptions subscriptions, Audience audience)
    {
        _node = options.Name;
        _bus = bus;
        _subscriptions = subscriptions;
        _audience = audience;
        _answer = AnswerAsync;
    }

    /// <summary>Sends the welcome message, serves the client, and then removes its subscriptions.</summary>
    public async Task ServeAsync(Session session)
    {
        var channel = ChannelName.User(session.User);
        try
        {
            // The client is accepted even while Redis is away; the channel is subscribed when Redis is back.
            await _subscriptions.AcquireAsync(channel);
            _audience.Add(channel, session, ServerMessage.Welcome(_node, session.User));
            await session.RunAsync(_answer);
        }
        finally
        {
            _audience.Remove(channel, session);
            await _subscriptions.ReleaseAsync(channel);
            foreach (var room in session.Rooms)
            {
                await DropAsync(session, ChannelName.Room(room));
            }
        }
    }

    private Task AnswerAsync(Session session, ClientMessage message) => message.Kind switch
    {
        ClientMessageKind.Direct => SendDirectAsync(session, message),
        ClientMessageKind.Join => JoinAsync(session, message.Target),
        ClientMessageKind.Leave => LeaveAsync(session, message.Target),
        ClientMessageKind.Room => SendToRoomAsync(session, message),
        _ => Refuse(session, message.Reason),
    };

    private Task SendDirectAsync(Session session, ClientMessage message) => PublishAsync(
        session,
        ChannelName.User(message.Target),
        ServerMessage.Direct(session.User, message.Target, _node, message.Payload));

    private Task SendToRoomAsync(Session session, ClientMessage message)
    {
        if (!session.Rooms.Contains(message.Target))
        {
            return Refuse(session, $"not a member of room '{message.Target}': join it first");
        }

        return PublishAsync(
            session,
            ChannelName.Room(message.Target),
            ServerMessage.Room(message.Target, session.User, _node, message.Payload));
    }

    private async Task PublishAsync(Session session, string channel, ReadOnlyMemory<byte> message)
    {
        var outcome = await _bus.PublishAsync(channel, message);
        if (outcome is PublishOutcome.LocalOnly)
        {
            await Refuse(session, $"redis is away: the message reached node '{_node}' only");
        }
        else if (outcome is PublishOutcome.Unknown)
        {
            await Refuse(session, "redis went away: the message may not have been delivered");
        }
    }

    private async Task JoinAsync(Session session, string room)
    {
        if (session.Rooms.Contains(room))
        {
            session.Post(ServerMessage.Joined(room));
            return;
        }

        if (session.Rooms.Count >= MaxRooms)
        {
            await Refuse(session, $"a member of {MaxRooms} rooms already: leave one first");
            return;
        }

        var channel = ChannelName.Room(room);
        if (!await _subscriptions.AcquireAsync(channel))
        {
            await _subscriptions.ReleaseAsync(channel);
            await Refuse(session, $"redis is away: could not join room '{room}', try again");
            return;
        }

        session.Rooms.Add(room);
        _audience.Add(channel, session, ServerMessage.Joined(room));
    }

    private async Task LeaveAsync(Session session, string room)
    {
        // Leaving a room twice is not an error: the reply reports the resulting state.
        if (session.Rooms.Remove(room))
        {
            await DropAsync(session, ChannelName.Room(room));
        }

        session.Post(ServerMessage.Left(room));
    }

    private async Task DropAsync(Session session, string channel)
    {
        _audience.Remove(channel, session);
        await _subscriptions.ReleaseAsync(channel);
    }

    private static Task Refuse(Session session, string reason)
    {
        session.Post(ServerMessage.Error(reason));
        return Task.CompletedTask;
    }
}
