using System.Globalization;
using System.Text;

namespace WsBalancer.HashRing.Points;

/// <summary>
/// The ring of libketama: 160 points for each node on average, four from each MD5. A node's key is its line in the list
/// of servers, <c>host:port</c>.
/// </summary>
/// <remarks>
/// <para>
/// Compatible with libketama (RJ/ketama, <c>ketama_create_continuum</c>) and its exact copies, such as node-hashring;
/// checked against the owners that node-hashring records for libketama.
/// </para>
/// <para>
/// The number of a node's points depends on the weights of all (<c>floor(weight / sum · 40 · nodes)</c>, in single
/// precision as in libketama), so the algorithm moves users between nodes that a change does not concern.
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
