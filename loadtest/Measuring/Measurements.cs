namespace WsBalancer.LoadTest.Measuring;

/// <summary>Everything a run counts and times. Connections write to it; displays and the report read it.</summary>
internal sealed class Measurements(TimeProvider time)
{
    /// <summary>From the time the connection was meant to be begun, to its being open.</summary>
    public LatencyRecorder Connect { get; } = new(time);

    /// <summary>From the time the connection was really begun.</summary>
    public LatencyRecorder ConnectService { get; } = new(time);

    /// <summary>How late connections were begun: the generator's own fault.</summary>
    public LatencyRecorder ConnectLag { get; } = new(time);

    /// <summary>From the time the message was meant to be sent, to its echo.</summary>
    public LatencyRecorder Message { get; } = new(time);

    /// <summary>From the time the message was really handed to its socket.</summary>
    public LatencyRecorder MessageService { get; } = new(time);

    /// <summary>How late messages were handed to their connections: the generator's own fault.</summary>
    public LatencyRecorder SendLag { get; } = new(time);

    public Counter ConnectsStarted { get; } = new();

    /// <summary>Begun, and neither opened nor failed when the run was stopped.</summary>
    public Counter ConnectsAbandoned { get; } = new();

    public Counter Opened { get; } = new();

    public CountByKey<string> ConnectFailures { get; } = new();

    /// <summary>Close codes that servers sent before the end of the run.</summary>
    public CountByKey<int> CloseCodes { get; } = new();

    /// <summary>Connections that ended without a Close frame before the end of the run.</summary>
    public Counter ConnectionsLost { get; } = new();

    /// <summary>Connections still open at the end that answered our Close.</summary>
    public Counter ClosedAtEnd { get; } = new();

    /// <summary>Connections still open at the end that did not answer our Close in time, and were cut.</summary>
    public Counter CutAtEnd { get; } = new();

    public Counter MessagesScheduled { get; } = new();

    public Counter MessagesSent { get; } = new();

    public Counter MessagesEchoed { get; } = new();

    /// <summary>Echoes of messages that had been answered before.</summary>
    public Counter Duplicates { get; } = new();

    /// <summary>Messages that claim to be an echo, but are altered or were not sent on this connection.</summary>
    public Counter Foreign { get; } = new();

    /// <summary>Messages that are no echo at all, such as a greeting. They are ignored.</summary>
    public Counter Other { get; } = new();
}
