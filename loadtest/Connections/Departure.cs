namespace WsBalancer.LoadTest.Connections;

/// <summary>When a message was meant to leave, and when it did, as timestamps.</summary>
internal readonly record struct Departure(long Intended, long Actual);
