using Microsoft.Extensions.Logging;

namespace WsBalancer.Proxy.Settings;

// Event ids 1-49 belong to the settings. The next free one is 4.
internal static partial class SettingsLog
{
    [LoggerMessage(1, LogLevel.Error, "{Mistake}")]
    public static partial void Mistake(ILogger logger, string mistake);

    [LoggerMessage(2, LogLevel.Error,
        "The changed configuration has mistakes ({Count}) and is not applied; the last valid one stays in force.")]
    public static partial void ReloadRefused(ILogger logger, int count);

    [LoggerMessage(3, LogLevel.Warning,
        "{Section} has changed, but is read at the start only: its last value stays in force until a restart.")]
    public static partial void NeedsRestart(ILogger logger, string section);
}
