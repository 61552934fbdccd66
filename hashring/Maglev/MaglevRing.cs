namespace WsBalancer.HashRing.Maglev;

/// <summary>
/// A table of slots that the nodes fill in turns; the remainder of a hash selects the slot. The order of a hash is that
/// of the distinct nodes in its slot and the slots after it, round the table; nodes that are too light for a slot are
/// last, by index.
/// </summary>
internal abstract class MaglevRing : KeyedRing
{
    private readonly SlotTable _table;
    private readonly FastModulo _modulo;
    private readonly int _size;
    private readonly int[] _owned;
    private readonly int[] _slotless;
    private readonly int _weighted;

    private protected MaglevRing(
        Membership membership, RingOptions options, string spec, int size, MaglevEntry[] entries)
        : base(membership, options, spec)
    {
        _size = size;
        _modulo = new FastModulo((uint)size);
        _weighted = membership.WeightedCount;
        _table = entries.Length == 0
            ? default
            : SlotTable.Of(MaglevTable.Fill(entries, size), membership.Nodes.Count);
        _owned = _table.CountOwned(membership.Nodes.Count);
        _slotless =
            [.. Enumerable.Range(0, _owned.Length).Where(i => membership.Nodes[i].Weight > 0 && _owned[i] == 0)];
    }

    public sealed override long TableBytes => _table.Bytes;

    internal sealed override UInt128 PositionCount => (uint)_size;

    public sealed override int OwnerOf(ulong hash) => _table.OwnerOf(_modulo.Of(hash));

    public sealed override int OwnerOf(ulong hash, NodeMask available)
    {
        var slot = (int)_modulo.Of(hash);
        // Without this check, every lookup would walk round the whole table while no node is available.
        var steps = available.IsEmpty || !_table.HasOwners ? 0 : _size;
        for (var step = 0; step < steps; step++)
        {
            var node = _table.OwnerOf((ulong)slot);
            if (available.Contains(node))
            {
                return node;
            }

            slot = After(slot);
        }

        foreach (var node in _slotless)
        {
            if (available.Contains(node))
            {
                return node;
            }
        }

        return -1;
    }

    public sealed override int OrderOf(ulong hash, Span<int> order)
    {
        ThrowIfShort(order, _weighted);
        var seen = new SeenNodes(stackalloc ulong[SeenNodes.WordsFor(Nodes.Count)]);
        var count = 0;
        for (var slot = (int)_modulo.Of(hash); count < _weighted - _slotless.Length; slot = After(slot))
        {
            var node = _table.OwnerOf((ulong)slot);
            if (seen.Add(node))
            {
                order[count++] = node;
            }
        }

        _slotless.CopyTo(order[count..]);
        return _weighted;
    }

    internal sealed override int OwnerAt(ulong position) => _table.OwnerOf(position);

    internal sealed override ulong ArcEndOf(ulong position) => position;

    private protected sealed override UInt128 PositionsOwnedBy(int node) => (uint)_owned[node];

    /// <summary>The entries of the nodes of weight over 0, in ascending order of the bytes of their keys.</summary>
    private protected static MaglevEntry[] EntriesOf(
        Membership membership, double[] weights, Func<byte[], (ulong Offset, ulong Skip)> hash)
    {
        var nodes = Enumerable.Range(0, weights.Length).Where(i => weights[i] > 0).ToArray();
        Array.Sort(nodes, (a, b) =>
            membership.Members[a].KeyBytes.AsSpan().SequenceCompareTo(membership.Members[b].KeyBytes));
        return Array.ConvertAll(nodes, node =>
        {
            var (offset, skip) = hash(membership.Members[node].KeyBytes);
            return new MaglevEntry(node, weights[node], offset, skip);
        });
    }

    private int After(int slot) => slot + 1 == _size ? 0 : slot + 1;
}
