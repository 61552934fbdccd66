using Microsoft.Extensions.Logging;
using WsBalancer.Proxy.Settings;
using WsBalancer.Sockets;
using WsBalancer.Sockets.Engines;
using WsBalancer.Sockets.Uring;

namespace WsBalancer.Proxy.Sockets;

/// <summary>Starts the event loops of the data host.</summary>
internal static class ConfiguredLoops
{
    private const string EngineKey = "WsBalancer:Sockets:Engine";

    /// <summary>Starts the loops and logs their engine; returns null if the platform's sockets are used.</summary>
    /// <exception cref="SettingsException">The configured engine is not available on this system.</exception>
    /// <exception cref="IOException">The kernel refused what epoll requires.</exception>
    public static EventLoops? Start(LoopOptions options, TimeProvider time, ILoggerFactory loggers) =>
        Start(options, time, loggers, UringProbe.FindObstacle);

    // The function findObstacle returns a sentence: why io_uring cannot be used. Null if it can.
    internal static EventLoops? Start(
        LoopOptions options, TimeProvider time, ILoggerFactory loggers, Func<string?> findObstacle)
    {
        try
        {
            return EventLoops.Create(options, time, loggers, findObstacle);
        }
        catch (SocketsException ex)
        {
            throw new SettingsException(
            [
                new SettingsError(
                    EngineKey, $"{EngineKey} is '{ex.Engine}', which is not to be had here: {ex.Obstacle}"),
            ]);
        }
    }
}
