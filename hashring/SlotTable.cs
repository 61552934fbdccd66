using System.Numerics;
using System.Runtime.CompilerServices;

namespace WsBalancer.HashRing;

/// <summary>
/// The owner of every slot, in bytes if every node index fits. In the default value, no slot has an owner.
/// </summary>
internal readonly struct SlotTable
{
    private const int MaxNarrowNodes = 256;

    private readonly byte[]? _narrow;
    private readonly ushort[]? _wide;

    private SlotTable(byte[]? narrow, ushort[]? wide)
    {
        _narrow = narrow;
        _wide = wide;
    }

    public bool HasOwners => _narrow is not null || _wide is not null;

    /// <summary>The size of the table in bytes.</summary>
    public long Bytes => (_narrow?.Length ?? 0) + ((_wide?.Length ?? 0) * sizeof(ushort));

    /// <summary>A table of uninitialised slots: every slot must be written before the first read.</summary>
    public static SlotTable Create(int slots, int nodeCount) => nodeCount > MaxNarrowNodes
        ? new SlotTable(null, GC.AllocateUninitializedArray<ushort>(slots))
        : new SlotTable(GC.AllocateUninitializedArray<byte>(slots), null);

    /// <summary>The table of the owners by slot.</summary>
    public static SlotTable Of(ReadOnlySpan<ushort> owners, int nodeCount)
    {
        var table = Create(owners.Length, nodeCount);
        table.Write(0, owners);
        return table;
    }

    /// <summary>Writes the owners of the slots from the first one on.</summary>
    public void Write(int first, ReadOnlySpan<ushort> owners)
    {
        if (_narrow is null)
        {
            owners.CopyTo(_wide.AsSpan(first));
            return;
        }

        var to = _narrow.AsSpan(first, owners.Length);
        while (to.Length >= Vector<byte>.Count)
        {
            var (low, high) = (new Vector<ushort>(owners), new Vector<ushort>(owners[Vector<ushort>.Count..]));
            Vector.Narrow(low, high).CopyTo(to);
            to = to[Vector<byte>.Count..];
            owners = owners[Vector<byte>.Count..];
        }

        for (var i = 0; i < to.Length; i++)
        {
            to[i] = (byte)owners[i];
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public int OwnerOf(ulong slot)
    {
        if (_narrow is { } narrow)
        {
            return narrow[slot];
        }

        return _wide is { } wide ? wide[slot] : -1;
    }

    /// <summary>The number of slots of each node.</summary>
    public int[] CountOwned(int nodeCount)
    {
        var owned = new int[nodeCount];
        foreach (var owner in _narrow ?? [])
        {
            owned[owner]++;
        }

        foreach (var owner in _wide ?? [])
        {
            owned[owner]++;
        }

        return owned;
    }
}
