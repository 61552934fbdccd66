namespace WsBalancer.BackendSample.Presence;

/// <summary>A user who is in a room.</summary>
/// <param name="User">The user.</param>
/// <param name="Devices">The user's connections that are in the room, on all nodes.</param>
/// <param name="Nodes">The names of the nodes of these connections, in order.</param>
internal sealed record UserPresence(string User, int Devices, IReadOnlyList<string> Nodes);

/// <summary>The users who are in a room, at one moment.</summary>
/// <param name="Users">The users in order, up to the requested number.</param>
/// <param name="Total">The number of all users.</param>
/// <param name="IsPartial">Whether the users of other nodes are missing, because they cannot be read now.</param>
internal sealed record PresenceView(IReadOnlyList<UserPresence> Users, int Total, bool IsPartial);

/// <summary>The users of one node who are in a room.</summary>
/// <param name="Node">The name of the node.</param>
/// <param name="Users">The users.</param>
internal sealed record NodePresence(string Node, IReadOnlyList<UserDevices> Users);

/// <summary>A user of one node who is in a room.</summary>
/// <param name="User">The user.</param>
/// <param name="Devices">The user's connections to the node that are in the room.</param>
internal readonly record struct UserDevices(string User, int Devices);
