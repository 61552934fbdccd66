namespace WsBalancer.BackendSample.Presence;

/// <summary>The changes of one room on this node that are not published yet.</summary>
/// <param name="Room">The room.</param>
/// <param name="Users">The users whose number of devices has changed.</param>
/// <param name="MustList">Whether the node must be added to the nodes of the room.</param>
/// <param name="IsEmpty">Whether no user of this node is left in the room.</param>
internal sealed record RoomChange(string Room, IReadOnlyList<UserChange> Users, bool MustList, bool IsEmpty);

/// <summary>The change of one user in a room.</summary>
/// <param name="User">The user.</param>
/// <param name="Devices">The user's devices; 0 for a user who has left.</param>
/// <param name="IsNews">Whether the change must be announced. Otherwise the nodes know it already.</param>
internal readonly record struct UserChange(string User, int Devices, bool IsNews);
