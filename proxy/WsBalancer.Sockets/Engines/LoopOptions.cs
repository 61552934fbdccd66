namespace WsBalancer.Sockets.Engines;

/// <summary>The engine, the number and the memory of the event loops, and the timeout of new connections.</summary>
internal sealed record LoopOptions
{
    /// <summary>The engine of the event loops, or none.</summary>
    public required SocketEngine Engine { get; init; }

    /// <summary>The number of event loops, of one thread each.</summary>
    public required int Count { get; init; }

    /// <summary>The size of the memory in which the sockets of all loops buffer, in bytes.</summary>
    public required long MaxBuffered { get; init; }

    /// <summary>How long a client may send nothing after it connected; null for ever.</summary>
    public required TimeSpan? FirstByteTimeout { get; init; }
}
