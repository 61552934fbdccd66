using Microsoft.Extensions.Logging;

namespace WsBalancer.Proxy.Access;

// Event ids 650-659 belong to the access log. The next free one is 654.
internal static partial class AccessMessages
{
    [LoggerMessage(650, LogLevel.Error,
        "{Mistake} Lines are still written to the earlier file, or wait in memory; opening the file is retried every "
        + "second.")]
    public static partial void NotOpened(ILogger logger, string mistake);

    [LoggerMessage(651, LogLevel.Error,
        "The access log '{Path}' cannot be written: {Reason} Lines are dropped and counted "
        + "(wsbalancer_access_log_dropped_total); opening the file is retried every second.")]
    public static partial void NotWritten(ILogger logger, string path, string reason);

    [LoggerMessage(652, LogLevel.Information, "The access log '{Path}' is written again.")]
    public static partial void WrittenAgain(ILogger logger, string path);

    [LoggerMessage(653, LogLevel.Warning,
        "The last lines of the access log '{Path}' were not written within {Patience}.")]
    public static partial void NotWrittenInTime(ILogger logger, string path, TimeSpan patience);
}
