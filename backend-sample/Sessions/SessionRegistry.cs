using System.Collections.Concurrent;

namespace WsBalancer.BackendSample.Sessions;

/// <summary>The open sessions of this node, and whether the node is shutting down.</summary>
internal sealed class SessionRegistry(NodeOptions options)
{
    private readonly ConcurrentDictionary<Session, byte> _sessions = new();
    private readonly TaskCompletionSource _emptied = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private volatile bool _isLeaving;
    private long _changes;

    /// <summary>Finds clients that send nothing; null without a timeout for them.</summary>
    public IdleWheel? Idle { get; } = options.IdleTimeout > TimeSpan.Zero
        ? new IdleWheel(options.IdleTimeout)
        : null;

    public int Count => _sessions.Count;

    public bool IsLeaving => _isLeaving;

    /// <summary>The open sessions, without a copy of them.</summary>
    public IEnumerable<Session> Sessions => _sessions.Select(entry => entry.Key);

    /// <summary>The number of sessions that have begun plus the number that have ended.</summary>
    public long Changes => Volatile.Read(ref _changes);

    public void Add(Session session)
    {
        _sessions.TryAdd(session, 0);
        Interlocked.Increment(ref _changes);

        // Add first, then check: either this check or BeginLeave finds the session.
        if (_isLeaving)
        {
            session.Close(SessionClose.ServiceRestart);
        }
    }

    /// <summary>Begins to watch whether the client sends anything.</summary>
    public void Watch(Session session)
    {
        session.NoteActivity();
        Idle?.Add(session);
    }

    public void Remove(Session session)
    {
        _sessions.TryRemove(session, out _);
        Idle?.Remove(session);
        Interlocked.Increment(ref _changes);
        NoteIfEmptied();
    }

    /// <summary>Completes after <see cref="BeginLeave"/>, when no session is left.</summary>
    public Task Emptied => _emptied.Task;

    /// <summary>Closes sessions that are added from now on.</summary>
    /// <returns>All others.</returns>
    public Session[] BeginLeave()
    {
        _isLeaving = true;
        NoteIfEmptied();
        return [.. _sessions.Keys];
    }

    private void NoteIfEmptied()
    {
        if (_isLeaving && _sessions.IsEmpty)
        {
            _emptied.TrySetResult();
        }
    }
}
