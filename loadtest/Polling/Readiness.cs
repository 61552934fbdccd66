namespace WsBalancer.LoadTest.Polling;

/// <summary>What a socket can do now without blocking. One that failed or ended can be read: reading says so.</summary>
internal readonly record struct Readiness(int Token, bool CanRead, bool CanWrite);
