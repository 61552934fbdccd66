namespace WsBalancer.LoadTest.Connections;

/// <summary>The intended and the actual send time of a message, as timestamps.</summary>
internal readonly record struct SendTimes(long Intended, long Actual);
