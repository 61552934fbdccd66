namespace WsBalancer.Proxy.Tests.Sockets.Simulation;

/// <summary>An open file of the fake kernel, to which descriptors and requests of a ring refer.</summary>
internal abstract class FakeFile
{
    private readonly List<IFileWatcher> _watchers = [];

    /// <summary>The number of descriptors and requests that refer to the file.</summary>
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

    /// <summary>Wakes all watchers.</summary>
    /// <param name="events">The events that caused the wake-up; 0 for any.</param>
    public void Wake(uint events)
    {
        for (var i = _watchers.Count - 1; i >= 0; i--)
        {
            _watchers[i].Woken(events);
        }
    }

    /// <summary>Called when nothing refers to the file any more.</summary>
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
