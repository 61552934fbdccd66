using WsBalancer.Cli.Output;

namespace WsBalancer.Cli.Commands.Waiting;

/// <summary>How long a command waits, from now on.</summary>
/// <param name="time">The clock.</param>
/// <param name="limit">Null for as long as it takes.</param>
internal sealed class WaitLimit(TimeProvider time, TimeSpan? limit)
{
    private readonly long _begun = time.GetTimestamp();

    /// <summary>The clock.</summary>
    public TimeProvider Time => time;

    /// <summary>Whether there is a limit.</summary>
    public bool IsSet => limit is not null;

    public bool HasPassed => limit is { } most && time.GetElapsedTime(_begun) >= most;

    /// <summary>The limit in words; only if there is one.</summary>
    public string Text => Amounts.Duration(limit!.Value.TotalSeconds);
}
