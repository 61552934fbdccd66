using Microsoft.Extensions.Logging;

namespace WsBalancer.Sockets.Engines;

// Of the event ids of sockets, 60-69 belong to the engines. The next free one is 63.
internal static partial class EnginesLog
{
    [LoggerMessage(60, LogLevel.Information, "Users are served by event loops over {Engine}: {Loops} of them.")]
    public static partial void OnLoops(ILogger logger, string engine, int loops);

    [LoggerMessage(61, LogLevel.Information,
        "Users are served by the platform's sockets: every tunnel takes the portable path.")]
    public static partial void OnSockets(ILogger logger);

    [LoggerMessage(62, LogLevel.Information, "Event loops do not use io_uring: {Obstacle}")]
    public static partial void NoUring(ILogger logger, string obstacle);
}
