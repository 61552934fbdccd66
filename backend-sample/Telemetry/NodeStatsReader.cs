using WsBalancer.BackendSample.Channels;
using WsBalancer.BackendSample.Messaging;
using WsBalancer.BackendSample.Presence;
using WsBalancer.BackendSample.Sessions;

namespace WsBalancer.BackendSample.Telemetry;

/// <summary>Collects the numbers of this node.</summary>
internal sealed class NodeStatsReader(
    NodeOptions options,
    SessionRegistry sessions,
    Audience audience,
    Subscriptions subscriptions,
    ShedCount shed,
    IMessageBus bus,
    PresenceCounts presence)
{
    public NodeStats Read()
    {
        var (users, rooms) = CountMembers();
        var devices = new SortedDictionary<string, int>(StringComparer.Ordinal);
        var queued = 0L;
        foreach (var session in sessions.Sessions)
        {
            queued += session.QueuedBytes;
            if (session.Device is { } device)
            {
                devices[device] = devices.GetValueOrDefault(device) + 1;
            }
        }

        var status = bus.Status;
        return new NodeStats(
            options.Name,
            sessions.Count,
            users,
            rooms,
            devices,
            queued,
            ShedByPriority(),
            new BusStats(status.Kind, status.IsAvailable, subscriptions.Count, status.Received),
            new PresenceStats(presence.Writes, presence.Pushes));
    }

    private (int Users, SortedDictionary<string, int> Rooms) CountMembers()
    {
        var users = 0;
        var rooms = new SortedDictionary<string, int>(StringComparer.Ordinal);
        foreach (var channel in audience.Channels)
        {
            if (ChannelName.RoomOf(channel.Name) is not { } room)
            {
                users++;
            }
            else if (channel.Count is var members and > 0)
            {
                // A room without members is about to be removed, or is read for its first one.
                rooms[room] = members;
            }
        }

        return (users, rooms);
    }

    private SortedDictionary<string, long> ShedByPriority() => new(
        Enum.GetValues<Priority>().Where(priority => priority is not Priority.Control).ToDictionary(
            priority => priority.ToString().ToLowerInvariant(), priority => shed[priority]),
        StringComparer.Ordinal);
}
