namespace WsBalancer.Sockets.Loops;

/// <summary>
/// The sockets and listeners of a loop, by the number that the kernel returns with their events. No number is used
/// twice, so an event of a removed socket finds no entry. Used on the loop's thread; the count may be read on any
/// thread.
/// </summary>
internal sealed class TargetTable<T>
    where T : class
{
    private const int Smallest = 64;
    private const int Largest = 1 << 24;

    private Slot[] _slots = new Slot[Smallest];
    private int _used;
    private int _free = -1;
    private int _count;

    /// <summary>The number of entries. May be read from any thread.</summary>
    public int Count => Volatile.Read(ref _count);

    /// <summary>
    /// Adds an entry and returns its number, which has 48 bits: the upper 16 are free for the caller's use.
    /// </summary>
    /// <exception cref="IOException">The table is full: 16 million entries.</exception>
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

    /// <summary>The entry with this number; null if it was removed.</summary>
    public T? Find(ulong number)
    {
        var index = (int)(number & 0xFF_FFFF);
        return index < _used && NumberOf(index) == (number & 0xFFFF_FFFF_FFFF) ? _slots[index].Entry : null;
    }

    /// <summary>Removes the entry with this number, if there still is one.</summary>
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

    // 24 bits of index, 24 of generation, from 1: no number is 0. A number repeats after 16 million entries in one
    // slot, long after the last event of the first of them.
    private ulong NumberOf(int index) => ((ulong)((_slots[index].Generation % 0xFF_FFFF) + 1) << 24) | (uint)index;

    private struct Slot
    {
        public T? Entry;
        public uint Generation;
        public int NextFree;
    }
}
