namespace WsBalancer.BackendSample.Serving;

// Event ids 100-199 are reserved for serving. The next free one is 101.
internal static partial class ServingLog
{
    [LoggerMessage(100, LogLevel.Information,
        "Node '{Node}' has no --redis: messages stay on this node.", EventName = "StandsAlone")]
    public static partial void HasNoRedis(ILogger logger, string node);
}
