using WsBalancer.Proxy.Sockets.Uring;

namespace WsBalancer.Proxy.Tests.Sockets.Simulation;

/// <summary>A request of a <see cref="FakeRing"/> that is not over.</summary>
internal sealed class RingRequest(FakeRing ring, SubmissionEntry entry, FakeFile file, uint wanted) : IFileWatcher
{
    private long _received;

    public SubmissionEntry Entry => entry;

    public FakeFile File => file;

    /// <summary>The events that wake it.</summary>
    public uint Wanted => wanted;

    /// <summary>Whether it waits to be worked on.</summary>
    public bool IsQueued { get; set; }

    /// <summary>Whether it gave way to others, in the middle of its work: it cannot be cancelled then.</summary>
    public bool GaveWay { get; set; }

    public bool IsCancelled { get; set; }

    /// <summary>How often it was woken since it was last worked on, and for what the last time.</summary>
    public int Wakes { get; set; }

    /// <inheritdoc cref="Wakes"/>
    public uint LastEvents { get; private set; }

    /// <summary>Whether a receive ends with so many bytes: it takes one, or reaches its limit.</summary>
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

    // A request holds its file.
    public void Released(FakeFile released) => throw new InvalidOperationException();
}
