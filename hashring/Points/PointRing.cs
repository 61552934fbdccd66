using System.Numerics;

namespace WsBalancer.HashRing.Points;

/// <summary>
/// A ring of points: the first point at or after a hash owns the hash. The order of a hash is that of the distinct
/// nodes from that point on, round the circle; nodes that are too light for a point are last, by index.
/// </summary>
internal abstract class PointRing<T> : KeyedRing
    where T : unmanaged, IBinaryInteger<T>, IMinMaxValue<T>, IUnsignedNumber<T>
{
    private readonly PointTable<T> _points;
    private readonly UInt128[] _owned;
    private readonly int[] _nodesWithoutPoint;
    private readonly int _weighted;

    private protected PointRing(Membership membership, RingOptions options, string spec, PointTable<T> points)
        : base(membership, options, spec)
    {
        _points = points;
        _owned = CountOwned(points, membership.Nodes.Count);
        _weighted = membership.WeightedCount;
        _nodesWithoutPoint = NodesWithoutPoint(membership, points);
    }

    public sealed override long TableBytes => _points.Bytes;

    /// <summary>The number of points in the ring, equal ones included.</summary>
    public int PointCount => _points.Count;

    internal sealed override UInt128 PositionCount => (UInt128)ulong.CreateTruncating(T.MaxValue) + 1;

    public sealed override int OwnerOf(ulong hash) => _points.NodeAt(T.CreateTruncating(hash));

    public sealed override int OwnerOf(ulong hash, NodeMask available)
    {
        var first = _points.FirstFrom(T.CreateTruncating(hash));
        var owner = _points[first].Node;
        return available.Contains(owner) ? owner : NextOf(first, available);
    }

    public sealed override int OrderOf(ulong hash, Span<int> order)
    {
        ThrowIfShort(order, _weighted);
        var seen = new SeenNodes(stackalloc ulong[SeenNodes.WordsFor(Nodes.Count)]);
        var count = 0;
        var index = _points.FirstFrom(T.CreateTruncating(hash));
        while (count < _weighted - _nodesWithoutPoint.Length)
        {
            index = index >= _points.Count ? 0 : index;
            var node = _points[index++].Node;
            if (seen.Add(node))
            {
                order[count++] = node;
            }
        }

        _nodesWithoutPoint.CopyTo(order[count..]);
        return _weighted;
    }

    internal sealed override int OwnerAt(ulong position) => OwnerOf(position);

    internal sealed override ulong ArcEndOf(ulong position)
    {
        var first = _points.FirstFrom(T.CreateTruncating(position));
        return ulong.CreateTruncating(_points[first].Hash);
    }

    private protected sealed override UInt128 PositionsOwnedBy(int node) => _owned[node];

    private static UInt128[] CountOwned(PointTable<T> points, int nodeCount)
    {
        var owned = new UInt128[nodeCount];
        var previous = T.Zero;
        for (var i = 0; i < points.Count; i++)
        {
            owned[points[i].Node] += ulong.CreateTruncating(points[i].Hash - previous);
            previous = points[i].Hash;
        }

        if (points.Count > 0)
        {
            // From the last point over the top of the circle to position 0, inclusive.
            owned[points[0].Node] += (UInt128)ulong.CreateTruncating(T.MaxValue - previous) + 1;
        }

        return owned;
    }

    private static int[] NodesWithoutPoint(Membership membership, PointTable<T> points)
    {
        var hasPoint = new bool[membership.Nodes.Count];
        for (var i = 0; i < points.Count; i++)
        {
            hasPoint[points[i].Node] = true;
        }

        return [.. Enumerable.Range(0, hasPoint.Length).Where(i => membership.Nodes[i].Weight > 0 && !hasPoint[i])];
    }

    private int NextOf(int first, NodeMask available)
    {
        // Without this check, every lookup would walk round the whole ring while no node is available.
        var steps = available.IsEmpty ? 0 : _points.Count;
        for (var step = 1; step <= steps; step++)
        {
            var index = first + step;
            var node = _points[index < _points.Count ? index : index - _points.Count].Node;
            if (available.Contains(node))
            {
                return node;
            }
        }

        foreach (var node in _nodesWithoutPoint)
        {
            if (available.Contains(node))
            {
                return node;
            }
        }

        return -1;
    }
}
