namespace WsBalancer.BackendSample.Access;

/// <summary>The user of a connection, and what a token allows.</summary>
/// <param name="User">The user id.</param>
/// <param name="Expires">When the token expires; null for never, and without a token.</param>
/// <param name="Rooms">The rooms that the user may join; null for all.</param>
internal sealed record ClientIdentity(string User, DateTimeOffset? Expires = null, RoomList? Rooms = null)
{
    public bool MayJoin(string room) => Rooms?.Contains(room) ?? true;
}
