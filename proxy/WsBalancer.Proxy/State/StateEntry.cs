namespace WsBalancer.Proxy.State;

/// <summary>A record, and how this balancer stands to it.</summary>
internal readonly record struct StateEntry(StateRecord Record, StateStanding Standing);

/// <summary>
/// How a balancer stands to a record. Not shared: files differ while a new one is rolled out, and what has lapsed at
/// one balancer may still wait at another.
/// </summary>
[System.Text.Json.Serialization.JsonConverter(typeof(StateNameConverter<StateStanding>))]
internal enum StateStanding
{
    /// <summary>What it is laid over is not as it was when it was decided; it may come to be.</summary>
    Waiting,

    /// <summary>It holds here.</summary>
    InEffect,

    /// <summary>It held here until what it is laid over changed.</summary>
    Lapsed,
}
