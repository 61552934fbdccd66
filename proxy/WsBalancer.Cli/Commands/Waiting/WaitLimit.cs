using WsBalancer.Cli.Output;

namespace WsBalancer.Cli.Commands.Waiting;

/// <summary>The time limit of a wait, which begins when the object is created.</summary>
/// <remarks>Without a limit, <c>limit</c> is null.</remarks>
internal sealed class WaitLimit(TimeProvider time, TimeSpan? limit)
{
    private readonly long _begun = time.GetTimestamp();

    public TimeProvider Time => time;

    /// <summary>Whether there is a limit.</summary>
    public bool IsSet => limit is not null;

    public bool HasPassed => limit is { } most && time.GetElapsedTime(_begun) >= most;

    /// <summary>The limit in words.</summary>
    public string Text => limit is { } most ? Amounts.Duration(most.TotalSeconds) : "none";
}

/// <summary>A wait was interrupted. The message explains how the operation continues without the wait.</summary>
internal sealed class WaitEndedException(string message) : OperationCanceledException(message);
