using Microsoft.Extensions.Logging;

namespace WsBalancer.Proxy.State;

// Event ids 700-799 belong to the state. The next free one is 718.
internal static partial class StateLog
{
    [LoggerMessage(700, LogLevel.Warning,
        "The state file '{Path}' is damaged ({Why}): the records it lacks are read from the previous file, "
        + "'{Previous}', which may lack the last changes.")]
    public static partial void TakenFromPrevious(ILogger logger, string path, string why, string previous);

    [LoggerMessage(701, LogLevel.Warning,
        "The state file '{Path}' cannot be written, so changes at run time will be refused: {Why}")]
    public static partial void CannotBeWritten(ILogger logger, string path, string why);

    [LoggerMessage(702, LogLevel.Error,
        "{Why} The records received from other balancers are in force, and are lost here when this one stops; the "
        + "write is retried with every change.")]
    public static partial void NotSaved(ILogger logger, string why);

    [LoggerMessage(703, LogLevel.Debug,
        "The other balancers were not notified; they receive the change with the next synchronization. {Why}")]
    public static partial void NotShared(ILogger logger, string why);

    [LoggerMessage(704, LogLevel.Error, "{Name} is set aside: {Mistake}. Its content: {Content}")]
    public static partial void SetAside(ILogger logger, string name, string mistake, string content);

    [LoggerMessage(706, LogLevel.Error,
        "More than {Count} records of one source ({Source}) are set aside; the others are neither logged nor listed.")]
    public static partial void ManySetAside(ILogger logger, int count, string source);

    [LoggerMessage(705, LogLevel.Error,
        "Another balancer has the id '{Id}' too: give each its own WsBalancer:State:Id. Until then neither sees the "
        + "other, and progress and tunnel counts of the fleet are wrong.")]
    public static partial void SameId(ILogger logger, string id);

    [LoggerMessage(707, LogLevel.Error, "A disconnect that another balancer requested failed.")]
    public static partial void DisconnectionFailed(ILogger logger, Exception exception);

    [LoggerMessage(708, LogLevel.Warning,
        "The state file '{Path}' as it was read, with every record that is set aside, is kept as '{Copy}'.")]
    public static partial void CopyKept(ILogger logger, string path, string copy);

    [LoggerMessage(714, LogLevel.Warning,
        "The state file '{Path}' as it was read, with every record that is set aside, could not be copied: {Why}")]
    public static partial void CopyNotKept(ILogger logger, string path, string why);

    [LoggerMessage(715, LogLevel.Warning,
        "Damaged records of the state file ({Records}) are read from the previous file, '{Previous}'.")]
    public static partial void ReplacedFromPrevious(ILogger logger, string records, string previous);

    [LoggerMessage(716, LogLevel.Warning,
        "The change {Record} was withdrawn by the other balancers while this one was disconnected from them; it is no "
        + "longer in force.")]
    public static partial void TakenBackByOthers(ILogger logger, string record);

    [LoggerMessage(717, LogLevel.Warning,
        "The state file '{Path}' ends within a line: the change that was being written when the balancer was stopped "
        + "is left out. It was not confirmed.")]
    public static partial void EndsWithinALine(ILogger logger, string path);

    [LoggerMessage(709, LogLevel.Warning,
        "Redis at {Where} is away. This balancer continues with its last records, and reconnects without end. {Why}")]
    public static partial void RedisIsAway(ILogger logger, string where, string why);

    [LoggerMessage(710, LogLevel.Information, "Redis at {Where} is back, and the records are synchronized.")]
    public static partial void RedisIsBack(ILogger logger, string where);

    [LoggerMessage(712, LogLevel.Warning,
        "Redis at {Where} does not permit SCAN, so that nodes are not found which are in no set " +
        "'nodes:CLUSTER': {Why}")]
    public static partial void ScanRefused(ILogger logger, string where, string why);

    [LoggerMessage(713, LogLevel.Error, "A change is stored, but applying it here failed.")]
    public static partial void ListenerFailed(ILogger logger, Exception exception);

    [LoggerMessage(711, LogLevel.Error,
        "{What} through Redis at {Where} fails; it is retried each second, and the next failure after a success is "
        + "logged again.")]
    public static partial void StepFailed(ILogger logger, string what, string where, Exception exception);
}
