using Microsoft.Extensions.Logging;

namespace WsBalancer.Proxy.State;

// Event ids 700-799 belong to the state. The next free one is 718.
internal static partial class StateLog
{
    [LoggerMessage(700, LogLevel.Warning,
        "The state file '{Path}' is damaged ({Why}): what it lacks is taken from the one before it, '{Previous}', " +
        "which may lack the last changes.")]
    public static partial void TakenFromPrevious(ILogger logger, string path, string why, string previous);

    [LoggerMessage(701, LogLevel.Warning,
        "The state file '{Path}' cannot be written, so changes at run time will be refused: {Why}")]
    public static partial void CannotBeWritten(ILogger logger, string path, string why);

    [LoggerMessage(702, LogLevel.Error,
        "{Why} What this balancer has learnt from the others is in force, and is lost here when it stops; it is " +
        "tried again with every change.")]
    public static partial void NotSaved(ILogger logger, string why);

    [LoggerMessage(703, LogLevel.Debug, "The other balancers were not told; it is made up for later. {Why}")]
    public static partial void NotShared(ILogger logger, string why);

    [LoggerMessage(704, LogLevel.Error, "{Name} is set aside, as if it were not there: {Mistake}. It is: {Content}")]
    public static partial void SetAside(ILogger logger, string name, string mistake, string content);

    [LoggerMessage(706, LogLevel.Error,
        "More than {Count} records of one source ({Source}) are set aside; the others are neither logged nor listed.")]
    public static partial void ManySetAside(ILogger logger, int count, string source);

    [LoggerMessage(705, LogLevel.Error,
        "Another balancer calls itself '{Id}' too: give each its own WsBalancer:State:Id. Until then neither sees " +
        "the other, and progress and tunnel counts of the fleet are wrong.")]
    public static partial void SameId(ILogger logger, string id);

    [LoggerMessage(707, LogLevel.Error, "A disconnection that another balancer sent could not be carried out.")]
    public static partial void DisconnectionFailed(ILogger logger, Exception exception);

    [LoggerMessage(708, LogLevel.Warning,
        "The state file '{Path}' as it was read, with every record that is set aside, is kept as '{Copy}'.")]
    public static partial void CopyKept(ILogger logger, string path, string copy);

    [LoggerMessage(714, LogLevel.Warning,
        "The state file '{Path}' as it was read, with every record that is set aside, could not be copied: {Why}")]
    public static partial void CopyNotKept(ILogger logger, string path, string why);

    [LoggerMessage(715, LogLevel.Warning,
        "Damaged records of the state file ({Records}) are taken from the one before it, '{Previous}'.")]
    public static partial void ReplacedFromPrevious(ILogger logger, string records, string previous);

    [LoggerMessage(716, LogLevel.Warning,
        "The change {Record} was taken back by the other balancers while this one was disconnected from them; it is no "
        + "longer in force.")]
    public static partial void TakenBackByOthers(ILogger logger, string record);

    [LoggerMessage(717, LogLevel.Warning,
        "The state file '{Path}' ends within a line: a change that was being written when the balancer was stopped is "
        + "left out. It was not confirmed.")]
    public static partial void EndsWithinALine(ILogger logger, string path);

    [LoggerMessage(709, LogLevel.Warning,
        "Redis at {Where} is away. This balancer goes on with what it knows, and tries again without end. {Why}")]
    public static partial void RedisIsAway(ILogger logger, string where, string why);

    [LoggerMessage(710, LogLevel.Information, "Redis at {Where} is back, and what was missed is made up for.")]
    public static partial void RedisIsBack(ILogger logger, string where);

    [LoggerMessage(712, LogLevel.Warning,
        "Redis at {Where} lets nobody look for keys, so that nodes are not found which are in no set " +
        "'nodes:CLUSTER': {Why}")]
    public static partial void ScanRefused(ILogger logger, string where, string why);

    [LoggerMessage(713, LogLevel.Error, "A change is kept, but taking it over here failed.")]
    public static partial void ListenerFailed(ILogger logger, Exception exception);

    [LoggerMessage(711, LogLevel.Error,
        "{What} through Redis at {Where} fails; it is tried again each second, and told again when it has worked.")]
    public static partial void StepFailed(ILogger logger, string what, string where, Exception exception);
}
