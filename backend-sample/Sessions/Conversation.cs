using WsBalancer.BackendSample.Access;
using WsBalancer.BackendSample.Channels;
using WsBalancer.BackendSample.History;
using WsBalancer.BackendSample.Messaging;
using WsBalancer.BackendSample.Presence;

namespace WsBalancer.BackendSample.Sessions;

/// <summary>Handles the messages of the node's clients.</summary>
internal sealed class Conversation
{
    private readonly string _node;
    private readonly SessionRegistry _sessions;
    private readonly IMessageBus _bus;
    private readonly IMessageStore _store;
    private readonly Subscriptions _subscriptions;
    private readonly Audience _audience;
    private readonly Admission _admission;
    private readonly RoomMembership _rooms;
    private readonly PresenceAnswers _answers;
    private readonly MessageHistory _history;

    // Created once and shared by all sessions.
    private readonly Func<Session, ClientMessage, Task> _answer;

    public Conversation(
        NodeOptions options,
        SessionRegistry sessions,
        IMessageBus bus,
        IMessageStore store,
        Subscriptions subscriptions,
        Audience audience,
        Admission admission,
        RoomMembership rooms,
        PresenceAnswers answers,
        MessageHistory history)
    {
        _sessions = sessions;
        _node = options.Name;
        _bus = bus;
        _store = store;
        _subscriptions = subscriptions;
        _audience = audience;
        _admission = admission;
        _rooms = rooms;
        _answers = answers;
        _history = history;
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
            await _rooms.EndAsync(session);

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
        ClientMessageKind.Join => _rooms.JoinAsync(session, message),
        ClientMessageKind.Leave => _rooms.LeaveAsync(session, message.Target),
        ClientMessageKind.Room => SendToRoomAsync(session, message),
        ClientMessageKind.Typing => SendTypingAsync(session, message),
        ClientMessageKind.Presence => SendPresenceAsync(session, message),
        ClientMessageKind.Auth => RenewAsync(session, message),
        ClientMessageKind.History or ClientMessageKind.Search => ReadAsync(session, message),
        _ => session.RefuseAsync(message, message.Reason),
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

    private async Task SendPresenceAsync(Session session, ClientMessage message)
    {
        if (session.Rooms.Contains(message.Target))
        {
            session.Post(await _answers.AnswerAsync(message.Target, message.Id));
            return;
        }

        await RefuseStranger(session, message);
    }

    private static Task RefuseStranger(Session session, ClientMessage message) =>
        session.RefuseAsync(message, $"not a member of room '{message.Target}': join it first");

    private Task SendAsync(Session session, ClientMessage message, string channel, ReadOnlyMemory<byte> text) =>
        message.Id is null
            ? PublishAsync(session, message, channel, text)
            : StoreAsync(session, message, channel, text);

    private async Task PublishAsync(
        Session session, ClientMessage message, string channel, ReadOnlyMemory<byte> text)
    {
        var outcome = await _bus.PublishAsync(channel, text);
        if (outcome.ReasonAt(_node, _bus) is { } reason)
        {
            await session.RefuseAsync(message, reason);
        }
    }

    private async Task StoreAsync(Session session, ClientMessage message, string channel, ReadOnlyMemory<byte> text)
    {
        var (outcome, position) = await _store.AppendAsync(channel, session.User, message.Id!, text);
        if (outcome.Reason(_bus) is { } reason)
        {
            await session.RefuseAsync(message, reason);
            return;
        }

        session.Post(Delivery.Control(ServerMessage.Ack(message.Id!, channel, position)));
    }

    private async Task ReadAsync(Session session, ClientMessage message)
    {
        if (!session.Rooms.Contains(message.Target))
        {
            await RefuseStranger(session, message);
        }
        else if (await _history.AnswerAsync(message.Target, message.Query!, message.Id) is { } answer)
        {
            session.Post(Delivery.Control(answer));
        }
        else
        {
            await session.RefuseAsync(message, OutcomeReasons.NotRead);
        }
    }

    private async Task RenewAsync(Session session, ClientMessage message)
    {
        var (identity, reason) = await _admission.RenewAsync(message.Target);
        if (identity is null)
        {
            await session.RefuseAsync(message, reason);
            return;
        }

        if (identity.User != session.User || identity.Expires is not { } expires)
        {
            await session.RefuseAsync(message, "the token is of another user: connect again with it");
            return;
        }

        session.Renew(identity);
        session.Post(Delivery.Control(ServerMessage.Authenticated(session.User, expires)));
        foreach (var room in session.Rooms.Where(room => !identity.MayJoin(room)).ToList())
        {
            await _rooms.LeaveAsync(session, room);
        }
    }
}
