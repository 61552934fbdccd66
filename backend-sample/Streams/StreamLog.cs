namespace WsBalancer.BackendSample.Streams;

// Event ids 700-799 are reserved for streams. The next free one is 702.
internal static partial class StreamLog
{
    [LoggerMessage(700, LogLevel.Debug, "The read of the streams ended.", EventName = "StreamsFailed")]
    public static partial void ReadFailed(ILogger logger, Exception failure);

    [LoggerMessage(701, LogLevel.Error,
        "The read of the streams failed; it is tried again without end, and further failures are not logged.",
        EventName = "StreamsBroke")]
    public static partial void ReadBroke(ILogger logger, Exception failure);
}
