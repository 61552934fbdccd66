namespace WsBalancer.HashRing.Points;

/// <summary>
/// The ring of HAProxy's <c>hash-type consistent</c>: 16 points for each unit of weight. A hash is owned by the nearest
/// point, not by the next. A node's key is the server's <c>id</c>; without one, HAProxy numbers servers by their place.
/// </summary>
/// <remarks>
/// <para>
/// Compatible with HAProxy 2.x: checked against owners that a running 2.6.12 returned. By its source
/// (<c>src/lb_chash.c</c>), also compatible with those releases of 3.0 and later that have the fix of the key
/// calculation of October 2025; the 3.0 releases before that fix have other points.
/// </para>
/// <para>
/// Weight 1, HAProxy's default, is 16 points: shares then differ by a sixth from the mean. Weight 10 for every server
/// evens them out; the change to it moves users once.
/// </para>
/// </remarks>
internal sealed class HaproxyRing : KeyedRing
{
    public const string AlgorithmName = "haproxy";
    public const int PointsPerWeight = 16;
    public const int MaxWeight = 256;

    private readonly HaproxyHash _hash;
    private readonly PointTable<uint> _points;
    private readonly UInt128[] _owned;
    private readonly int _weighted;

    private HaproxyRing(Membership membership, RingOptions options, string hash)
        : base(membership, options, $"{AlgorithmName}/1;hash={hash}")
    {
        _hash = HaproxyHash.Of(hash);
        _points = PointsOf(membership);
        _owned = CountOwned(_points, membership.Nodes.Count);
        _weighted = membership.WeightedCount;
    }

    public override long TableBytes => _points.Bytes;

    internal override UInt128 PositionCount => UInt128.One << 32;

    public static HaproxyRing Build(Membership membership, RingOptions options) =>
        new(membership, options, options.Hash ?? HaproxyHash.Names[0]);

    public override ulong Hash(ReadOnlySpan<byte> utf8User) => _hash.Of(utf8User);

    public override int OwnerOf(ReadOnlySpan<byte> utf8User) => OwnerOf(Hash(utf8User));

    public override int OwnerOf(ulong hash)
    {
        var position = (uint)hash;
        var next = NextTo(position);
        return _points.Count == 0 ? -1 : Nearer(position, Before(next), next);
    }

    public override int OwnerOf(ulong hash, NodeMask available)
    {
        // Without this check, every lookup would walk round the whole ring while no node is available.
        if (available.IsEmpty)
        {
            return -1;
        }

        var position = (uint)hash;
        var next = NextTo(position);
        var previous = Before(next);
        for (var step = 0; step < _points.Count; step++)
        {
            if (available.Contains(_points[next].Node))
            {
                break;
            }

            next = After(next);
        }

        for (var step = 0; step < _points.Count; step++)
        {
            if (available.Contains(_points[previous].Node))
            {
                return Nearer(position, previous, next);
            }

            previous = Before(previous);
        }

        return -1;
    }

    // Walks in both directions from the hash and skips the points of nodes that the order already contains.
    public override int OrderOf(ulong hash, Span<int> order)
    {
        ThrowIfShort(order, _weighted);
        var seen = new SeenNodes(stackalloc ulong[SeenNodes.WordsFor(Nodes.Count)]);
        var position = (uint)hash;
        var next = NextTo(position);
        var previous = Before(next);
        for (var count = 0; count < _weighted; count++)
        {
            while (seen.Contains(_points[next].Node))
            {
                next = After(next);
            }

            while (seen.Contains(_points[previous].Node))
            {
                previous = Before(previous);
            }

            order[count] = Nearer(position, previous, next);
            seen.Add(order[count]);
        }

        return _weighted;
    }

    internal override int OwnerAt(ulong position) => OwnerOf(position);

    internal override ulong ArcEndOf(ulong position)
    {
        if (_points.Count == 0)
        {
            return uint.MaxValue;
        }

        var next = NextTo((uint)position);
        var (from, to) = (_points[Before(next)].Hash, _points[next].Hash);
        var middle = from + ((to - from) / 2);
        var end = (uint)position - from <= (to - from) / 2 ? middle : to;

        // The arc passes the top of the circle and continues at position 0.
        return end < position ? uint.MaxValue : end;
    }

    private protected override UInt128 PositionsOwnedBy(int node) => _owned[node];

    private static PointTable<uint> PointsOf(Membership membership)
    {
        var points = new PointList<uint>();
        for (var i = 0; i < membership.Members.Length; i++)
        {
            var member = membership.Members[i];
            var first = unchecked(HaproxyServer.NumberOf(member) * HaproxyServer.PointsPerServer);
            for (var point = 0U; point < PointsPerWeight * member.Weight; point++)
            {
                points.Add(HaproxyHash.FullHash(first + point), i);
            }
        }

        return new PointTable<uint>(points);
    }

    /// <summary>
    /// Half of a gap, rounded down, belongs to the point before the gap, and the rest to the point after it.
    /// </summary>
    private static UInt128[] CountOwned(PointTable<uint> points, int nodeCount)
    {
        var owned = new UInt128[nodeCount];
        for (var i = 0; i < points.Count; i++)
        {
            var previous = points[i == 0 ? points.Count - 1 : i - 1];
            var gap = points[i].Hash - previous.Hash;
            owned[previous.Node] += gap / 2;
            owned[points[i].Node] += gap - (gap / 2);
        }

        return owned;
    }

    /// <summary>The node of the nearer point; of the previous point, if both distances are equal.</summary>
    private int Nearer(uint position, int previous, int next)
    {
        ref readonly var before = ref _points.At(previous);
        ref readonly var after = ref _points.At(next);
        return position - before.Hash <= after.Hash - position ? before.Node : after.Node;
    }

    private int NextTo(uint position)
    {
        var next = _points.FirstFrom(position);
        return next == _points.Count ? 0 : next;
    }

    private int Before(int index) => index == 0 ? _points.Count - 1 : index - 1;

    private int After(int index) => index >= _points.Count - 1 ? 0 : index + 1;
}
