namespace WsBalancer.BackendSample.Presence;

// Event ids 800-899 are reserved for presence. The next free one is 803.
internal static partial class PresenceLog
{
    // Lines at this level can be thousands while Redis is away, and the warning of the link covers them all.
    [LoggerMessage(800, LogLevel.Debug, "Could not read or write presence.", EventName = "PresenceFailed")]
    public static partial void StoreFailed(ILogger logger, Exception failure);

    [LoggerMessage(801, LogLevel.Debug, "Redis refused to read the presence in room '{Room}'.",
        EventName = "PresenceRefused")]
    public static partial void ReadRefused(ILogger logger, string room, Exception failure);

    [LoggerMessage(802, LogLevel.Debug, "A notice of presence in '{Channel}' is not valid, and is ignored.",
        EventName = "PresenceNoticeInvalid")]
    public static partial void NoticeInvalid(ILogger logger, string channel, Exception failure);
}
