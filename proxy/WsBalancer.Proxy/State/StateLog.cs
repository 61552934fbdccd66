using Microsoft.Extensions.Logging;

namespace WsBalancer.Proxy.State;

// Event ids 700-799 belong to the state. The next free one is 713.
internal static partial class StateLog
{
    [LoggerMessage(700, LogLevel.Warning,
        "The state file '{Path}' was not used ({Why}): what was decided at run time comes from the one before it, " +
        "'{Previous}', which may lack the last change.")]
    public static partial void TakenFromPrevious(ILogger logger, string path, string why, string previous);

    [LoggerMessage(701, LogLevel.Warning,
        "The state file '{Path}' cannot be written, so changes at run time will be refused: {Why}")]
    public static partial void CannotBeWritten(ILogger logger, string path, string why);

    [LoggerMessage(702, LogLevel.Error,
        "{Why} What this balancer has learnt from the others is in force, and is lost here when it stops; it is tried " +
        "again with every change.")]
    public static partial void NotSaved(ILogger logger, string why);
}
