using WsBalancer.BackendSample.Channels;
using WsBalancer.BackendSample.Messaging;
using WsBalancer.BackendSample.Sessions;

namespace WsBalancer.BackendSample.Telemetry;

/// <summary>Collects the numbers of this node.</summary>
internal sealed class NodeStatsReader(
    NodeOptions options,
    SessionRegistry sessions,
    Audience audience,
    Subscriptions subscriptions,
    ShedCount shed,
    IMessageBus bus)
{
    public NodeStats Read()
    {
        var users = 0;
        var rooms = new SortedDictionary<string, int>(StringComparer.Ordinal);
        foreach (var channel in audience.Channels)
        {
            if (ChannelName.RoomOf(channel.Name) is { } room)
            {
                rooms[room] = channel.Count;
            }
            else
            {
                users++;
            }
        }

        return new NodeStats(
            options.Name,
            sessions.Count,
            users,
            rooms,
            sessions.CountDevices(),
            sessions.Sessions.Sum(session => (long)session.QueuedBytes),
            ShedByPriority(),
            new BusStats(bus.Status.Kind, bus.Status.IsAvailable, subscriptions.Count, bus.Status.Received));
    }

    private SortedDictionary<string, long> ShedByPriority() => new(
        Enum.GetValues<Priority>().Where(priority => priority is not Priority.Control).ToDictionary(
            priority => priority.ToString().ToLowerInvariant(), priority => shed[priority]),
        StringComparer.Ordinal);
}
