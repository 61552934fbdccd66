namespace WsBalancer.BackendSample.Sessions;

// Event ids 300-399 are reserved for sessions. The next free one is 304.
internal static partial class SessionLog
{
    [LoggerMessage(300, LogLevel.Information,
        "Leaving: new connections are refused, {Sessions} open ones get a Close 1012.", EventName = "Leaving")]
    public static partial void Leaving(ILogger logger, int sessions);

    [LoggerMessage(301, LogLevel.Warning,
        "Messages under way hold {Most} bytes, which is --max-buffered. Who sends more is closed with 1013.",
        EventName = "MemoryExhausted")]
    public static partial void MemoryExhausted(ILogger logger, long most);

    [LoggerMessage(302, LogLevel.Information,
        "Messages under way hold at most half of --max-buffered again. {Closed} connections were closed with 1013.",
        EventName = "MemoryAvailable")]
    public static partial void MemoryAvailable(ILogger logger, int closed);

    [LoggerMessage(303, LogLevel.Debug, "Gave memory back to the system; it took {Pause}.", EventName = "Trimmed")]
    public static partial void Trimmed(ILogger logger, TimeSpan pause);
}
