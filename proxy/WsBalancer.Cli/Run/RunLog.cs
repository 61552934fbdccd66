using Microsoft.Extensions.Logging;
using WsBalancer.Proxy.Fleet;

namespace WsBalancer.Cli.Run;

// Event ids 900-949 belong to the program. The next free one is 913.
internal static partial class RunLog
{
    [LoggerMessage(900, LogLevel.Information, "The configuration has changed and is applied.")]
    public static partial void Applying(ILogger logger);

    [LoggerMessage(901, LogLevel.Error, "{Mistake}")]
    public static partial void Mistake(ILogger logger, string mistake);

    [LoggerMessage(902, LogLevel.Error,
        "The changed configuration has mistakes ({Count}) and is not applied; the last valid one stays in force.")]
    public static partial void ReloadRefused(ILogger logger, int count);

    [LoggerMessage(908, LogLevel.Error,
        "The changed configuration is not applied; the last valid one stays in force. If the change is intended, "
        + "'wsbalancer reload --force' applies it.")]
    public static partial void ReloadNeedsForce(ILogger logger);

    [LoggerMessage(904, LogLevel.Error, "Applying the changed configuration failed.")]
    public static partial void ReloadFailed(ILogger logger, Exception exception);

    [LoggerMessage(903, LogLevel.Information, "SIGHUP: reading the configuration again.")]
    public static partial void HangUp(ILogger logger);

    [LoggerMessage(905, LogLevel.Debug, "The memory of many handshakes was released; the process paused for {Pause}.")]
    public static partial void MemoryTrimmed(ILogger logger, TimeSpan pause);

    [LoggerMessage(906, LogLevel.Warning,
        "The configuration has changed and is applied, except for the keys that are read at the start only and need a "
        + "restart: {Keys}.")]
    public static partial void ApplyingExcept(ILogger logger, string keys);

    [LoggerMessage(911, LogLevel.Warning,
        "The configuration is unchanged; keys that are read at the start only and need a restart: {Keys}.")]
    public static partial void UnchangedExcept(ILogger logger, string keys);

    [LoggerMessage(907, LogLevel.Information, "The configuration is unchanged.")]
    public static partial void Unchanged(ILogger logger);

    [LoggerMessage(909, LogLevel.Information, "The changed configuration moves {Move}.")]
    public static partial void Moves(ILogger logger, ClusterMove move);

    [LoggerMessage(910, LogLevel.Warning, "{Note}")]
    public static partial void Note(ILogger logger, string note);

    [LoggerMessage(912, LogLevel.Warning,
        "A second signal: the tunnels that are still open are aborted, and the balancer exits at once.")]
    public static partial void SecondSignal(ILogger logger);
}
