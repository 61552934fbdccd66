namespace WsBalancer.Proxy.Sockets.Loops;

/// <summary>
/// The sockets of a loop by a number that the kernel hands back with their events. A number is not given twice, so
/// that an event of a socket that is gone finds nobody. Used on the loop's thread; the count may be read elsewhere.
/// </summary>
internal sealed class SocketTable<T>
    where T : class
{
    private const int Smallest = 64;
    private const int Largest = 1 << 24;

    private Slot[] _slots = new Slot[Smallest];
    private int _used;
    private int _free = -1;
    private int _count;

    /// <summary>How many there are.</summary>
    public int Count => Volatile.Read(ref _count);

    /// <summary>Takes one in. The number has 48 bits: the upper 16 are free for the caller's use.</summary>
    /// <exception cref="IOException">There are 16 million already.</exception>
    public ulong Add(T entry)
    {
        int index;
        if (_free >= 0)
        {
            index = _free;
            _free = _slots[index].NextFree;
        }
        else
        {
            index = TakeUnused();
        }

        _slots[index].Entry = entry;
        Volatile.Write(ref _count, _count + 1);
        return NumberOf(index);
    }

    /// <summary>The one with this number; null if it is gone.</summary>
    public T? Find(ulong number)
    {
        var index = (int)(number & 0xFF_FFFF);
        return index < _used && NumberOf(index) == (number & 0xFFFF_FFFF_FFFF) ? _slots[index].Entry : null;
    }

    /// <summary>Takes it out. Does nothing if it is gone.</summary>
    public void Remove(ulong number)
    {
        if (Find(number) is null)
        {
            return;
        }

        var index = (int)(number & 0xFF_FFFF);
        ref var slot = ref _slots[index];
        slot.Entry = null;
        slot.Generation++;
        slot.NextFree = _free;
        _free = index;
        Volatile.Write(ref _count, _count - 1);
    }

    /// <summary>All that there are.</summary>
    public IEnumerable<T> All() => from slot in _slots where slot.Entry is not null select slot.Entry;

    private int TakeUnused()
    {
        if (_used == Largest)
        {
            throw new IOException($"A loop has at most {Largest} sockets.");
        }

        if (_used == _slots.Length)
        {
            Array.Resize(ref _slots, 2 * _used);
        }

        return _used++;
    }

    // 24 bits of index, 24 of generation, from 1: no number is 0. The same comes again after 16 million sockets in one
    // place, long after the last event of the first of them.
    private ulong NumberOf(int index) => ((ulong)((_slots[index].Generation % 0xFF_FFFF) + 1) << 24) | (uint)index;

    private struct Slot
    {
        public T? Entry;
        public uint Generation;
        public int NextFree;
    }
}
