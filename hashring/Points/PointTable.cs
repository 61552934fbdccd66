using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace WsBalancer.HashRing.Points;

/// <summary>
/// The sorted points of a ring, and an index from the top bits of a hash to the place where the search for the hash
/// starts. Hashes are uniform, so there is about one point for each index entry: finding the first point at or after a
/// hash takes two reads and seldom a further step, however many points there are.
/// </summary>
/// <remarks>Points may be equal: the node of the lower index is then first. Immutable.</remarks>
internal sealed class PointTable<T>
    where T : unmanaged, IBinaryInteger<T>, IMinMaxValue<T>, IUnsignedNumber<T>
{
    // Chosen keys can crowd many hashes into one index entry. A search of more steps than this is binary, not linear.
    private const int MaxSteps = 8;

    private readonly Point<T>[] _points;
    private readonly int[] _starts;
    private readonly int _shift;

    /// <param name="points">The points, in any order.</param>
    public PointTable(PointList<T> points)
    {
        var (hashes, nodes) = (points.Hashes(), points.Nodes());
        Sort(hashes, nodes);
        Count = hashes.Length;

        // The last entry is a sentinel at the end of the circle with the node of the first point: a search always stops
        // there.
        _points = GC.AllocateUninitializedArray<Point<T>>(Count + 1);
        for (var i = 0; i < Count; i++)
        {
            _points[i] = new Point<T>(hashes[i], nodes[i]);
        }

        _points[Count] = new Point<T>(T.MaxValue, Count == 0 ? -1 : nodes[0]);
        var bits = Math.Max(1, BitOperations.Log2(BitOperations.RoundUpToPowerOf2((uint)Count)));
        _shift = (Unsafe.SizeOf<T>() * 8) - bits;
        _starts = IndexByPrefix(1 << bits);
    }

    public int Count { get; }

    public long Bytes => ((long)_points.Length * Unsafe.SizeOf<Point<T>>()) + ((long)_starts.Length * sizeof(int));

    public Point<T> this[int index] => _points[index];

    /// <summary>The node of the first point at or after the hash, round the circle; −1 if there is none.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public int NodeAt(T hash) => At(FirstFrom(hash)).Node;

    /// <summary>
    /// The index of the first point at or after the hash; <see cref="Count"/> if there is none up to the end of the
    /// circle.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public int FirstFrom(T hash)
    {
        // The prefix of a hash is below the number of entries, and the sentinel is at or after every hash: neither read
        // can leave its array.
        ref var start = ref Unsafe.Add(
            ref MemoryMarshal.GetArrayDataReference(_starts), nuint.CreateTruncating(hash >> _shift));
        var index = start;
        if (Unsafe.Add(ref start, 1) - index > MaxSteps)
        {
            return SearchFrom(index, hash);
        }

        while (At(index).Hash < hash)
        {
            index++;
        }

        return index;
    }

    /// <summary>The point at the index, 0 to <see cref="Count"/> inclusive; there is no bounds check.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public ref readonly Point<T> At(int index) => ref Unsafe.Add(
        ref MemoryMarshal.GetArrayDataReference(_points), (nint)(uint)index);

    private static void Sort(T[] hashes, int[] nodes)
    {
        Array.Sort(hashes, nodes);
        for (var i = 0; i < hashes.Length;)
        {
            var end = i + 1;
            while (end < hashes.Length && hashes[end] == hashes[i])
            {
                end++;
            }

            nodes.AsSpan(i, end - i).Sort();
            i = end;
        }
    }

    private int SearchFrom(int start, T hash)
    {
        var (low, high) = (start, Count);
        while (low < high)
        {
            var middle = low + ((high - low) / 2);
            (low, high) = _points[middle].Hash < hash ? (middle + 1, high) : (low, middle);
        }

        return low;
    }

    private int[] IndexByPrefix(int prefixes)
    {
        var starts = GC.AllocateUninitializedArray<int>(prefixes + 1);
        var index = 0;
        for (var prefix = 0; prefix < prefixes; prefix++)
        {
            while (index < Count && int.CreateTruncating(_points[index].Hash >> _shift) < prefix)
            {
                index++;
            }

            starts[prefix] = index;
        }

        starts[prefixes] = Count;
        return starts;
    }
}
