namespace WsBalancer.Proxy.State;

/// <summary>A record, and its status at this balancer.</summary>
internal readonly record struct StateEntry(StateRecord Record, StateStatus Status);

/// <summary>
/// The status of a record at one balancer. Not shared: files differ while a new one is rolled out, and an override that
/// has lapsed at one balancer may still be pending at another.
/// </summary>
[System.Text.Json.Serialization.JsonConverter(typeof(StateNameConverter<StateStatus>))]
internal enum StateStatus
{
    /// <summary>The override is not in effect yet: its base is not as it requires, but may become so.</summary>
    Waiting,

    /// <summary>The override is in effect here.</summary>
    InEffect,

    /// <summary>The override was in effect here until its base changed.</summary>
    Lapsed,
}
