using WsBalancer.Sockets.Uring;

namespace WsBalancer.Proxy.Tests.Sockets.Simulation;

/// <summary>A pending request of a <see cref="FakeRing"/>.</summary>
internal sealed class RingRequest(FakeRing ring, SubmissionEntry entry, FakeFile file, uint wanted) : IFileWatcher
{
    private long _received;

    public SubmissionEntry Entry => entry;

    public FakeFile File => file;

    /// <summary>The events that wake the request.</summary>
    public uint Wanted => wanted;

    /// <summary>Whether the request is queued for processing.</summary>
    public bool IsQueued { get; set; }

    /// <summary>
    /// Whether the request yielded to others in the middle of its work; in this state it cannot be cancelled.
    /// </summary>
    public bool HasYielded { get; set; }

    public bool IsCancelled { get; set; }

    /// <summary>The number of wake-ups since the request was last processed, and the events of the last one.</summary>
    public int Wakes { get; set; }

    /// <inheritdoc cref="Wakes"/>
    public uint LastEvents { get; private set; }

    /// <summary>
    /// Whether a receive of this many bytes is the last one: the request is for one receive, or reaches its limit.
    /// </summary>
    public bool IsLast(int received)
    {
        _received += received;
        return (entry.Options & UringConstants.ReceiveMany) == 0
            || (entry.ReceiveLimit > 0 && _received >= entry.ReceiveLimit);
    }

    public void Woken(uint events)
    {
        if (events == 0 || (events & wanted) != 0)
        {
            Wakes++;
            LastEvents = events;
            ring.Queue(this);
        }
    }

    // A request holds a reference to its file, so the file is not released before it.
    public void Released(FakeFile released) => throw new InvalidOperationException();
}
