using System.Runtime.CompilerServices;

namespace WsBalancer.HashRing;

/// <summary>
/// The owner of every slot, in bytes while node indexes fit them. The default value: nobody owns any.
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

    /// <summary>The table of the owners by slot, which it keeps if they do not fit bytes.</summary>
    public static SlotTable Of(ushort[] owners, int nodeCount)
    {
        if (nodeCount > MaxNarrowNodes)
        {
            return new SlotTable(null, owners);
        }

        var narrow = GC.AllocateUninitializedArray<byte>(owners.Length);
        for (var slot = 0; slot < narrow.Length; slot++)
        {
            narrow[slot] = (byte)owners[slot];
        }

        return new SlotTable(narrow, null);
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

    /// <summary>How many slots each node owns.</summary>
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
