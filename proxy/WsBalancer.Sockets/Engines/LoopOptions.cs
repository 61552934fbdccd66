namespace WsBalancer.Sockets.Engines;

/// <summary>The engine, the number and the memory of the event loops, and the timeout of new connections.</summary>
internal sealed record LoopOptions
{
    /// <summary>The engine of the event loops, or none. Default: the best that the system supports.</summary>
    public SocketEngine Engine { get; init; } = SocketEngine.Auto;

    /// <summary>The number of event loops, of one thread each. Default: one for each core.</summary>
    public int Count { get; init; } = Environment.ProcessorCount;

    /// <summary>The size of the memory in which the sockets of all loops buffer, in bytes. Default: 1 GB.</summary>
    public long MaxBuffered { get; init; } = 1024 * 1024 * 1024;

    /// <summary>How long a client may send nothing after it connected; null for ever. Default: 60 s.</summary>
    public TimeSpan? FirstByteTimeout { get; init; } = TimeSpan.FromSeconds(60);
}
