using System.Globalization;
using System.Text;

namespace WsBalancer.HashRing.Points;

/// <summary>
/// The ring of libketama: 160 points a node on average, four from each MD5. A node's key is its line in the list of
/// servers, <c>host:port</c>.
/// </summary>
/// <remarks>
/// <para>
/// Compatible with libketama (RJ/ketama, <c>ketama_create_continuum</c>) and what copies it exactly, such as
/// node-hashring, whose record of libketama's answers it was checked against.
/// </para>
/// <para>
/// How many points a node has depends on the weights of all (<c>floor(weight / sum · 40 · nodes)</c>, in single
/// precision as there), so a change moves users between nodes that it does not concern: that is the algorithm.
/// </para>
/// </remarks>
internal sealed class KetamaRing : PointRing<uint>
{
    public const string AlgorithmName = "ketama";

    private KetamaRing(Membership membership, RingOptions options)
        : base(membership, options, AlgorithmName + "/1", PointsOf(membership))
    {
    }

    public static KetamaRing Build(Membership membership, RingOptions options) => new(membership, options);

    public override ulong Hash(ReadOnlySpan<byte> utf8User) => Md5.Of(utf8User).A;

    public override int OwnerOf(ReadOnlySpan<byte> utf8User) => OwnerOf(Hash(utf8User));

    private static PointTable<uint> PointsOf(Membership membership)
    {
        var sum = 0U;
        foreach (var member in membership.Members)
        {
            sum += (uint)member.Weight;
        }

        var points = new PointList<uint>();
        for (var i = 0; i < membership.Members.Length; i++)
        {
            var share = membership.Members[i].Weight / (float)sum;
            var digests = MathF.Floor((float)(share * 40.0 * membership.WeightedCount));
            AddPoints(points, membership.Members[i], i, (int)digests);
        }

        return new PointTable<uint>(points);
    }

    private static void AddPoints(PointList<uint> points, Member member, int node, int digests)
    {
        for (var i = 0; i < digests; i++)
        {
            var name = string.Create(CultureInfo.InvariantCulture, $"{member.Key}-{i}");
            var digest = Md5.Of(Encoding.UTF8.GetBytes(name));
            points.Add(digest.A, node);
            points.Add(digest.B, node);
            points.Add(digest.C, node);
            points.Add(digest.D, node);
        }
    }
}
