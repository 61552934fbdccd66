using Microsoft.Extensions.Logging;

namespace WsBalancer.Cli.Run;

// Event ids 900-949 belong to the program. The next free one is 909.
internal static partial class RunLog
{
    [LoggerMessage(900, LogLevel.Information, "The configuration has changed and is applied.")]
    public static partial void Applying(ILogger logger);

    [LoggerMessage(901, LogLevel.Error, "{Mistake}")]
    public static partial void Mistake(ILogger logger, string mistake);

    [LoggerMessage(902, LogLevel.Error,
        "The changed configuration has mistakes ({Count}) and is not applied: everything stays as it was.")]
    public static partial void ReloadRefused(ILogger logger, int count);

    [LoggerMessage(907, LogLevel.Error, "{Loss}.")]
    public static partial void Loss(ILogger logger, string loss);

    [LoggerMessage(908, LogLevel.Error,
        "The changed configuration is not applied: everything stays as it was. If the nodes are to be taken out of "
        + "service, use 'wsbalancer remove NODE' (with --force for the last one), or restart the balancer with the "
        + "changed configuration.")]
    public static partial void LossRefused(ILogger logger);

    [LoggerMessage(904, LogLevel.Error, "Applying the changed configuration failed.")]
    public static partial void ReloadFailed(ILogger logger, Exception exception);

    [LoggerMessage(903, LogLevel.Information, "SIGHUP: reading the configuration anew.")]
    public static partial void HangUp(ILogger logger);

    [LoggerMessage(905, LogLevel.Debug, "Memory of many handshakes was given back; everything paused for {Pause}.")]
    public static partial void MemoryTrimmed(ILogger logger, TimeSpan pause);

    [LoggerMessage(906, LogLevel.Warning,
        "The configuration has changed and is applied, except for what is read at the start only and needs a restart: "
        + "{Keys}.")]
    public static partial void ApplyingExcept(ILogger logger, string keys);

    [LoggerMessage(949, LogLevel.Warning,
        "A second signal to end: the tunnels that are still open are cut, and the balancer ends at once.")]
    public static partial void SecondSignal(ILogger logger);
}
