namespace WsBalancer.BackendSample.Hosting;

// Event ids 500-599 are reserved for hosting. The next free one is 502.
internal static partial class HostingLog
{
    [LoggerMessage(500, LogLevel.Error,
        "Failed: {Work}. It is tried again without end; further failures are not logged.", EventName = "WorkFails")]
    public static partial void WorkFails(ILogger logger, string work, Exception failure);

    [LoggerMessage(501, LogLevel.Information,
        "Works again: {Work}, after {Failures} failures.", EventName = "WorkSucceeds")]
    public static partial void WorkSucceeds(ILogger logger, string work, int failures);
}
