namespace WsBalancer.Proxy.Tests.Sockets.Simulation;

/// <summary>An open file of the fake kernel. A descriptor refers to it, and so do requests of a ring.</summary>
internal abstract class FakeFile
{
    private readonly List<IFileWatcher> _watchers = [];

    /// <summary>How many descriptors and requests refer to it.</summary>
    public int References { get; private set; }

    /// <summary>The events of poll(2) that hold now.</summary>
    public abstract uint Poll();

    public void Watch(IFileWatcher watcher) => _watchers.Add(watcher);

    public void Unwatch(IFileWatcher watcher) => _watchers.Remove(watcher);

    public void Hold() => References++;

    public void Release()
    {
        if (--References == 0)
        {
            foreach (var watcher in _watchers.ToArray())
            {
                watcher.Released(this);
            }

            Released();
        }
    }

    /// <summary>Wakes everybody who waits.</summary>
    /// <param name="events">The events that it is about; 0 if it may be any.</param>
    public void Wake(uint events)
    {
        for (var i = _watchers.Count - 1; i >= 0; i--)
        {
            _watchers[i].Woken(events);
        }
    }

    /// <summary>Nothing refers to it any more.</summary>
    protected virtual void Released()
    {
    }
}

/// <summary>An entry of a file's wait queue.</summary>
internal interface IFileWatcher
{
    public void Woken(uint events);

    public void Released(FakeFile file);
}
