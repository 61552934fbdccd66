using WsBalancer.BackendSample.Channels;
using WsBalancer.BackendSample.Messaging;
using WsBalancer.BackendSample.Presence;

namespace WsBalancer.BackendSample.Sessions;

/// <summary>Lets sessions join and leave rooms.</summary>
internal sealed class RoomMembership(
    Subscriptions subscriptions, Audience audience, LocalPresence presence, IMessageBus bus)
{
    /// <summary>The maximum number of rooms of one session: Centrifugo's limit.</summary>
    public const int MaxRooms = 128;

    public Task JoinAsync(Session session, ClientMessage message)
    {
        if (!session.Identity.MayJoin(message.Target))
        {
            return session.RefuseAsync(message, $"the token does not allow room '{message.Target}'");
        }

        var isMember = session.Rooms.Contains(message.Target);
        if (isMember && message.Recovery is null)
        {
            session.Post(Delivery.AboutRoom(ServerMessage.Joined(message.Target)));
            return Task.CompletedTask;
        }

        return !isMember && session.Rooms.Count >= MaxRooms
            ? session.RefuseAsync(message, $"a member of {MaxRooms} rooms already: leave one first")
            : JoinAsync(session, message, ChannelName.Room(message.Target), isMember);
    }

    public async Task LeaveAsync(Session session, string room)
    {
        // Leaving a room twice is not an error: the reply reports the resulting state.
        if (session.Rooms.Remove(room))
        {
            await DropAsync(session, room);
        }

        session.Post(Delivery.AboutRoom(ServerMessage.Left(room)));
    }

    /// <summary>Ends the membership of every room, with the session.</summary>
    public async Task EndAsync(Session session)
    {
        foreach (var room in session.Rooms)
        {
            await DropAsync(session, room);
        }
    }

    private async Task JoinAsync(Session session, ClientMessage message, string channel, bool isMember)
    {
        var room = message.Target;
        var isActive = await subscriptions.AcquireAsync(channel);
        if (message.Recovery is { } recovery)
        {
            isActive = isActive && await audience.RecoverAsync(channel, new ChannelWaiter(
                session, recovery.Since, (position, isRecovered) =>
                    Delivery.AboutRoom(ServerMessage.Joined(room, position, isRecovered))));
        }
        else if (isActive)
        {
            audience.Add(channel, session, Delivery.AboutRoom(ServerMessage.Joined(room)));
        }

        if (isActive && session.Rooms.Add(room))
        {
            presence.Add(room, session.User);
            return;
        }

        await subscriptions.ReleaseAsync(channel);
        if (!isActive)
        {
            await RefuseJoinAsync(session, message, isMember);
        }
    }

    // A member that could not recover is no longer one: otherwise it would receive messages after a silent gap.
    private async Task RefuseJoinAsync(Session session, ClientMessage message, bool isMember)
    {
        if (isMember)
        {
            session.Rooms.Remove(message.Target);
            await DropAsync(session, message.Target);
        }

        await session.RefuseAsync(message, isMember
            ? $"{bus.Status.Server} is away: could not recover room '{message.Target}' and left it, join it again"
            : $"{bus.Status.Server} is away: could not join room '{message.Target}', try again");
    }

    private async Task DropAsync(Session session, string room)
    {
        var channel = ChannelName.Room(room);
        presence.Remove(room, session.User);
        audience.Remove(channel, session);
        await subscriptions.ReleaseAsync(channel);
    }
}
