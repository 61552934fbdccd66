using System.IO.Hashing;
using System.Text;
using WsBalancer.HashRing;

namespace WsBalancer.Benchmarks;

/// <summary>
/// The usual first implementation of a ring: 160 points per node, sorted, and a binary search for each user. The hash
/// is that of our rings, so only the search differs.
/// </summary>
internal sealed class SortedPoints
{
    public const int PointsPerNode = 160;

    private const int StackChars = 256;

    private readonly ulong[] _points;
    private readonly int[] _owners;

    public SortedPoints(RingNode[] nodes)
    {
        _points = new ulong[nodes.Length * PointsPerNode];
        _owners = new int[_points.Length];
        for (var i = 0; i < _points.Length; i++)
        {
            var node = i / PointsPerNode;
            _points[i] = XxHash3.HashToUInt64(Encoding.UTF8.GetBytes($"{nodes[node].Id}-{i % PointsPerNode}"));
            _owners[i] = node;
        }

        Array.Sort(_points, _owners);
    }

    public int OwnerOf(string user)
    {
        Span<byte> bytes = stackalloc byte[StackChars];
        return OwnerOf(bytes[..Encoding.UTF8.GetBytes(user, bytes)]);
    }

    public int OwnerOf(ReadOnlySpan<byte> utf8User) => OwnerOf(XxHash3.HashToUInt64(utf8User));

    public int OwnerOf(ulong hash)
    {
        var found = Array.BinarySearch(_points, hash);
        var next = found < 0 ? ~found : found;
        return _owners[next == _points.Length ? 0 : next];
    }
}
