namespace WsBalancer.LoadTest.Polling;

/// <summary>
/// The operations that a socket can perform now without blocking. A socket that failed or ended is readable: the
/// receive returns the error or the end.
/// </summary>
internal readonly record struct Readiness(int Token, bool CanRead, bool CanWrite);
