namespace WsBalancer.Proxy.State;

/// <summary>One decision: a value for a key, or null to take it back.</summary>
internal readonly record struct StateChange(StateKey Key, StateValue? Value);
