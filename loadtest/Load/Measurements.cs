namespace WsBalancer.LoadTest.Load;

/// <summary>All counts and times of a run. Connections write them; displays and the report read them.</summary>
internal sealed class Measurements(TimeProvider time)
{
    /// <summary>From the intended start of the connect to the open connection.</summary>
    public LatencyRecorder Connect { get; } = new(time);

    /// <summary>From the actual start of the connect to the open connection.</summary>
    public LatencyRecorder ConnectService { get; } = new(time);

    /// <summary>Delay between the intended and the actual start of a connect: the generator's own fault.</summary>
    public LatencyRecorder ConnectLag { get; } = new(time);

    /// <summary>From the intended send time of the message to its echo.</summary>
    public LatencyRecorder Message { get; } = new(time);

    /// <summary>From the moment the message was passed to its socket, to its echo.</summary>
    public LatencyRecorder MessageService { get; } = new(time);

    /// <summary>
    /// Delay between the intended send time and passing the message to its connection: the generator's own fault.
    /// </summary>
    public LatencyRecorder SendLag { get; } = new(time);

    public Counter ConnectsStarted { get; } = new();

    /// <summary>Connects that had neither succeeded nor failed when the run was stopped.</summary>
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

    /// <summary>Echoes of messages whose echo had already been received.</summary>
    public Counter Duplicates { get; } = new();

    /// <summary>Messages that have the form of an echo, but are altered or were not sent on this connection.</summary>
    public Counter Foreign { get; } = new();

    /// <summary>Messages that are not an echo, such as a greeting. They are ignored.</summary>
    public Counter Other { get; } = new();
}

/// <summary>A thread-safe count.</summary>
internal sealed class Counter
{
    private long _value;

    public long Value => Interlocked.Read(ref _value);

    public void Add() => Interlocked.Increment(ref _value);
}
