using WsBalancer.Sockets.Epoll;
using WsBalancer.Sockets.Linux;

namespace WsBalancer.Proxy.Tests.Sockets.Simulation;

/// <summary>An epoll instance: a wake-up makes an entry ready,
/// and the wait reports the events that hold at that time.</summary>
internal sealed unsafe class FakeEpoll(World world) : FakeFile
{
    private readonly Dictionary<int, Entry> _entries = [];
    private readonly List<Entry> _ready = [];

    public int Count => _entries.Count;

    public bool HasEvents => _ready.Exists(entry => entry.Events != 0);

    public override uint Poll() => HasEvents ? EpollEvent.In : 0;

    public int Add(int descriptor, FakeFile file, void* epollEvent)
    {
        if (_entries.ContainsKey(descriptor))
        {
            return -Errno.Exists;
        }

        var (events, number) = EpollEvent.Read((byte*)epollEvent, 0);
        var entry = new Entry(this, descriptor, file, events | EpollEvent.Error | EpollEvent.HangUp, number);
        _entries.Add(descriptor, entry);
        file.Watch(entry);
        entry.Woken(0);
        return 0;
    }

    public int Delete(int descriptor)
    {
        if (!_entries.Remove(descriptor, out var entry))
        {
            return -NoEntry;
        }

        entry.File.Unwatch(entry);
        _ready.Remove(entry);
        return 0;
    }

    public int Collect(byte* events, int most)
    {
        if (_ready.Count > 1 && world.Habit(world.Temper.Disorder))
        {
            _ready.Reverse();
        }

        var some = world.Habit(world.Temper.Disorder) ? world.Chance.Between(1, most) : most;
        var count = 0;
        foreach (var entry in _ready.ToArray())
        {
            if (count == some)
            {
                break;
            }

            var now = entry.Events;
            if (now == 0 || (entry.Wanted & EpollEvent.Edge) != 0)
            {
                _ready.Remove(entry);
            }

            if (now != 0)
            {
                EpollEvent.Write(events + (count++ * EpollEvent.Size), now, entry.Number);
            }
        }

        return count;
    }

    private const int NoEntry = 2;

    private sealed class Entry(FakeEpoll epoll, int descriptor, FakeFile file, uint wanted, ulong number) : IFileWatcher
    {
        public FakeFile File => file;

        public uint Wanted => wanted;

        public ulong Number => number;

        public uint Events => file.Poll() & wanted;

        public void Woken(uint events)
        {
            if ((events == 0 || (events & wanted) != 0) && !epoll._ready.Contains(this))
            {
                epoll._ready.Add(this);
            }
        }

        public void Released(FakeFile released) => epoll.Delete(descriptor);
    }
}
