namespace WsBalancer.BackendSample.Sessions;

// Event ids 300-399 belong to sessions. The next free one is 301.
internal static partial class SessionLog
{
    [LoggerMessage(300, LogLevel.Information,
        "Leaving: new connections are refused, {Sessions} open ones get a Close 1012.", EventName = "Leaving")]
    public static partial void Leaving(ILogger logger, int sessions);
}
