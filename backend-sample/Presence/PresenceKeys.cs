using StackExchange.Redis;
using WsBalancer.BackendSample.Messaging;

namespace WsBalancer.BackendSample.Presence;

/// <summary>The keys of presence in Redis.</summary>
/// <remarks>
/// The id of a lease is <c>NODE:RANDOM</c>, and new at each start of a node. Names of nodes have no colon. The braces
/// let a cluster of Redis keep the keys of one room together.
/// </remarks>
internal static class PresenceKeys
{
    /// <summary>The set of the ids of all leases that have not been swept.</summary>
    public static readonly RedisKey Leases = "ws:presence:leases";

    /// <summary>A key that expires with the lease.</summary>
    public static RedisKey Lease(string id) => $"ws:node:{id}";

    /// <summary>The set of the rooms in which the node of the lease has users.</summary>
    public static RedisKey RoomsOf(string id) => $"ws:node:{id}:rooms";

    /// <summary>A key that exists while a node sweeps the lease.</summary>
    public static RedisKey SweepOf(string id) => $"ws:node:{id}:sweep";

    /// <summary>The set of the ids of the leases whose nodes have users in the room.</summary>
    public static RedisKey LeasesIn(string room) => $"ws:{{{ChannelName.Room(room)}}}:presence";

    /// <summary>The hash of the users of a node in a room, each with the number of devices.</summary>
    public static RedisKey UsersIn(string room, string id) => $"ws:{{{ChannelName.Room(room)}}}:presence:{id}";

    public static string NodeOf(string id) => id[..Math.Max(id.LastIndexOf(':'), 0)];
}
