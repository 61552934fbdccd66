namespace WsBalancer.BackendSample.Telemetry;

/// <summary>The numbers of a node at one moment, as <c>GET /stats</c> returns them.</summary>
/// <param name="Node">The name of the node.</param>
/// <param name="Connections">The open connections.</param>
/// <param name="Users">The users who have at least one of them.</param>
/// <param name="Rooms">The members of each room on this node.</param>
/// <param name="Devices">The connections of each type of device.</param>
/// <param name="QueuedBytes">The bytes of messages that wait for clients, without echoes.</param>
/// <param name="Shed">The messages that were dropped for slow clients, by priority.</param>
/// <param name="Bus">The connection to other nodes.</param>
/// <param name="Presence">The publishing of who is in which room.</param>
internal sealed record NodeStats(
    string Node,
    int Connections,
    int Users,
    IReadOnlyDictionary<string, int> Rooms,
    IReadOnlyDictionary<string, int> Devices,
    long QueuedBytes,
    IReadOnlyDictionary<string, long> Shed,
    BusStats Bus,
    PresenceStats Presence);

/// <summary>The numbers of the connection to other nodes.</summary>
/// <param name="Kind">The name of the bus in <c>--bus</c>.</param>
/// <param name="Available">Whether the bus works. A bus within one node always works.</param>
/// <param name="Channels">The channels with a member on this node, which it receives while the bus works.</param>
/// <param name="Received">The messages that were received from the bus.</param>
internal sealed record BusStats(string Kind, bool Available, int Channels, long Received);

/// <summary>The numbers of presence.</summary>
/// <param name="Writes">The changes of users in rooms that were published.</param>
/// <param name="Pushes">
/// The messages about changes, each of which was sent to all members of a room on this node.
/// </param>
internal sealed record PresenceStats(long Writes, long Pushes);
