using WsBalancer.BackendSample.Access;
using WsBalancer.BackendSample.Channels;
using WsBalancer.BackendSample.Messaging;

namespace WsBalancer.BackendSample.Sessions;

/// <summary>Handles the messages of the node's clients.</summary>
internal sealed class Conversation
{
    /// <summary>The maximum number of rooms of one session: Centrifugo's limit.</summary>
    public const int MaxRooms = 128;

    private readonly string _node;
    private readonly SessionRegistry _sessions;
    private readonly IMessageBus _bus;
    private readonly IMessageStore _store;
    private readonly Subscriptions _subscriptions;
    private readonly Audience _audience;
    private readonly Admission _admission;

    // Created once and shared by all sessions.
    private readonly Func<Session, ClientMessage, Task> _answer;

    public Conversation(
        NodeOptions options,
        SessionRegistry sessions,
        IMessageBus bus,
        IMessageStore store,
        Subscriptions subscriptions,
        Audience audience,
        Admission admission)
    {
        _sessions = sessions;
        _node = options.Name;
        _bus = bus;
        _store = store;
        _subscriptions = subscriptions;
        _audience = audience;
        _admission = admission;
        _answer = AnswerAsync;
    }

    /// <summary>Sends the welcome message, serves the client, and then removes its subscriptions.</summary>
    public async Task ServeAsync(Session session)
    {
        var channel = ChannelName.User(session.User);
        _sessions.Add(session);
        try
        {
            await WelcomeAsync(session, channel);

            session.WatchToken();

            // Only now: the welcome may wait for Redis.
            _sessions.Watch(session);
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

            _sessions.Remove(session);
        }
    }

    // The client is accepted even while Redis is away; the channel is subscribed when Redis is back.
    private async Task WelcomeAsync(Session session, string channel)
    {
        var isActive = await _subscriptions.AcquireAsync(channel);
        if (session.Recovery is not { } recovery)
        {
            _audience.Add(channel, session, Delivery.Control(ServerMessage.Welcome(_node, session.User)));
            return;
        }

        var waiter = new ChannelWaiter(session, recovery.Since, (position, isRecovered) =>
            Delivery.Control(ServerMessage.Welcome(_node, session.User, position, isRecovered)));
        if (!isActive || !await _audience.RecoverAsync(channel, waiter))
        {
            _audience.AddSuspended(channel, session, Delivery.Control(
                ServerMessage.Welcome(_node, session.User, position: null, isRecovered: false)));
        }
    }

    private Task AnswerAsync(Session session, ClientMessage message) => message.Kind switch
    {
        ClientMessageKind.Direct => SendDirectAsync(session, message),
        ClientMessageKind.Join => JoinAsync(session, message),
        ClientMessageKind.Leave => LeaveAsync(session, message.Target),
        ClientMessageKind.Room => SendToRoomAsync(session, message),
        ClientMessageKind.Typing => SendTypingAsync(session, message),
        ClientMessageKind.Auth => RenewAsync(session, message),
        _ => Refuse(session, message, message.Reason),
    };

    private Task SendDirectAsync(Session session, ClientMessage message) => SendAsync(
        session,
        message,
        ChannelName.User(message.Target),
        ServerMessage.Direct(session.User, message.Target, _node, message.Id, message.Payload));

    private Task SendToRoomAsync(Session session, ClientMessage message)
    {
        if (!session.Rooms.Contains(message.Target))
        {
            return RefuseStranger(session, message);
        }

        return SendAsync(
            session,
            message,
            ChannelName.Room(message.Target),
            ServerMessage.Room(message.Target, session.User, _node, message.Id, message.Payload));
    }

    // A lost one is no error: the next one follows soon.
    private Task SendTypingAsync(Session session, ClientMessage message) => session.Rooms.Contains(message.Target)
        ? _bus.PublishAsync(
            ChannelName.Room(message.Target),
            ChannelFrame.Ephemeral(ServerMessage.Typing(message.Target, session.User, _node)))
        : RefuseStranger(session, message);

    private static Task RefuseStranger(Session session, ClientMessage message) =>
        Refuse(session, message, $"not a member of room '{message.Target}': join it first");

    private Task SendAsync(Session session, ClientMessage message, string channel, ReadOnlyMemory<byte> text) =>
        message.Id is null
            ? PublishAsync(session, message, channel, text)
            : StoreAsync(session, message, channel, text);

    private async Task PublishAsync(
        Session session, ClientMessage message, string channel, ReadOnlyMemory<byte> text)
    {
        var outcome = await _bus.PublishAsync(channel, text);
        if (outcome is PublishOutcome.LocalOnly)
        {
            await Refuse(session, message, $"{_bus.Status.Server} is away: the message reached node '{_node}' only");
        }
        else if (outcome is PublishOutcome.Unknown)
        {
            await Refuse(session, message, $"{_bus.Status.Server} went away: the message may not have been delivered");
        }
        else if (outcome is PublishOutcome.TooLong)
        {
            await Refuse(
                session, message, $"longer than {_bus.Status.Server} carries: the message reached node '{_node}' only");
        }
    }

    private async Task StoreAsync(Session session, ClientMessage message, string channel, ReadOnlyMemory<byte> text)
    {
        var (outcome, position) = await _store.AppendAsync(channel, session.User, message.Id!, text);
        if (outcome is AppendOutcome.Stored)
        {
            session.Post(Delivery.Control(ServerMessage.Ack(message.Id!, channel, position)));
            return;
        }

        await Refuse(session, message, outcome switch
        {
            AppendOutcome.Unavailable => "redis is away: the message was not stored, send it again later",
            AppendOutcome.Refused => "redis refused to store the message",
            AppendOutcome.TooLong => $"longer than {_bus.Status.Server} carries: the message was not stored",
            AppendOutcome.Unsupported => "this node stores no messages: send it without an id",
            _ => "redis went away: the message may have been stored, send it again with the same id",
        });
    }

    private async Task RenewAsync(Session session, ClientMessage message)
    {
        var (identity, reason) = await _admission.RenewAsync(message.Target);
        if (identity is null)
        {
            await Refuse(session, message, reason);
            return;
        }

        if (identity.User != session.User || identity.Expires is not { } expires)
        {
            await Refuse(session, message, "the token is of another user: connect again with it");
            return;
        }

        session.Renew(identity);
        session.Post(Delivery.Control(ServerMessage.Authenticated(session.User, expires)));
        foreach (var room in session.Rooms.Where(room => !identity.MayJoin(room)).ToList())
        {
            await LeaveAsync(session, room);
        }
    }

    private Task JoinAsync(Session session, ClientMessage message)
    {
        if (!session.Identity.MayJoin(message.Target))
        {
            return Refuse(session, message, $"the token does not allow room '{message.Target}'");
        }

        var isMember = session.Rooms.Contains(message.Target);
        if (isMember && message.Recovery is null)
        {
            session.Post(Delivery.AboutRoom(ServerMessage.Joined(message.Target)));
            return Task.CompletedTask;
        }

        return !isMember && session.Rooms.Count >= MaxRooms
            ? Refuse(session, message, $"a member of {MaxRooms} rooms already: leave one first")
            : JoinAsync(session, message, ChannelName.Room(message.Target), isMember);
    }

    private async Task JoinAsync(Session session, ClientMessage message, string channel, bool isMember)
    {
        var room = message.Target;
        var isActive = await _subscriptions.AcquireAsync(channel);
        if (message.Recovery is { } recovery)
        {
            isActive = isActive && await _audience.RecoverAsync(channel, new ChannelWaiter(
                session, recovery.Since, (position, isRecovered) =>
                    Delivery.AboutRoom(ServerMessage.Joined(room, position, isRecovered))));
        }
        else if (isActive)
        {
            _audience.Add(channel, session, Delivery.AboutRoom(ServerMessage.Joined(room)));
        }

        if (isActive && session.Rooms.Add(room))
        {
            return;
        }

        await _subscriptions.ReleaseAsync(channel);
        if (!isActive)
        {
            await RefuseJoinAsync(session, message, channel, isMember);
        }
    }

    // A member that could not recover is no longer one: otherwise it would receive messages after a silent gap.
    private async Task RefuseJoinAsync(Session session, ClientMessage message, string channel, bool isMember)
    {
        if (isMember)
        {
            session.Rooms.Remove(message.Target);
            await DropAsync(session, channel);
        }

        await Refuse(
            session, message, $"{_bus.Status.Server} is away: could not join room '{message.Target}', try again");
    }

    private async Task LeaveAsync(Session session, string room)
    {
        // Leaving a room twice is not an error: the reply reports the resulting state.
        if (session.Rooms.Remove(room))
        {
            await DropAsync(session, ChannelName.Room(room));
        }

        session.Post(Delivery.AboutRoom(ServerMessage.Left(room)));
    }

    private async Task DropAsync(Session session, string channel)
    {
        _audience.Remove(channel, session);
        await _subscriptions.ReleaseAsync(channel);
    }

    private static Task Refuse(Session session, ClientMessage message, string reason)
    {
        session.Post(Delivery.Control(ServerMessage.Error(reason, message.Id)));
        return Task.CompletedTask;
    }
}
