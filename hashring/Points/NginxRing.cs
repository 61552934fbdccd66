using System.Buffers.Binary;
using System.IO.Hashing;
using System.Text;

namespace WsBalancer.HashRing.Points;

/// <summary>
/// The ring of nginx's <c>hash KEY consistent</c>, for http and stream upstreams: 160 points for each unit of weight,
/// CRC-32 throughout. A node's key is the argument of its <c>server</c> line, as written there.
/// </summary>
/// <remarks>
/// <para>
/// Compatible with nginx 1.22.1: checked against owners that a running nginx returned. By its source
/// (<c>src/http/modules/ngx_http_upstream_hash_module.c</c>), also compatible with later releases, which make the
/// points in the same way.
/// </para>
/// <para>
/// Differences from nginx: after 20 servers that are down, and for an empty key, nginx changes to round robin; this
/// ring continues. When two servers have the same point (0.03 % of rings of 10 servers), nginx keeps the one that its
/// sorting put first, and this ring prefers the lower id. A name that resolves to several addresses is one node here.
/// </para>
/// </remarks>
internal sealed class NginxRing : PointRing<uint>
{
    public const string AlgorithmName = "nginx";

    public const int PointsPerWeight = 160;

    private NginxRing(Membership membership, RingOptions options)
        : base(membership, options, AlgorithmName + "/1", PointsOf(membership))
    {
    }

    public static NginxRing Build(Membership membership, RingOptions options) => new(membership, options);

    public override ulong Hash(ReadOnlySpan<byte> utf8User) => Crc32.HashToUInt32(utf8User);

    public override int OwnerOf(ReadOnlySpan<byte> utf8User) => OwnerOf(Hash(utf8User));

    private static PointTable<uint> PointsOf(Membership membership)
    {
        var points = new PointList<uint>();
        for (var i = 0; i < membership.Members.Length; i++)
        {
            AddPoints(points, membership.Members[i], i);
        }

        return new PointTable<uint>(points);
    }

    /// <summary>Each point is the CRC-32 of the server's name and the previous point.</summary>
    private static void AddPoints(PointList<uint> points, Member member, int node)
    {
        byte[] name = [.. NameOf(member.Key), 0, 0, 0, 0];
        var previous = 0U;
        for (var i = 0; i < PointsPerWeight * member.Weight; i++)
        {
            BinaryPrimitives.WriteUInt32LittleEndian(name.AsSpan(name.Length - sizeof(uint)), previous);
            previous = Crc32.HashToUInt32(name);
            points.Add(previous, node);
        }
    }

    /// <summary>
    /// Host, a zero byte, port; the port is empty if none is written. The path of a Unix socket is all host.
    /// </summary>
    private static byte[] NameOf(string server)
    {
        const string Unix = "unix:";

        if (server.StartsWith(Unix, StringComparison.OrdinalIgnoreCase))
        {
            return [.. Encoding.UTF8.GetBytes(server[Unix.Length..]), 0];
        }

        var digits = server.Length;
        while (digits > 0 && char.IsAsciiDigit(server[digits - 1]))
        {
            digits--;
        }

        var (host, port) = digits > 0 && server[digits - 1] == ':'
            ? (server[..(digits - 1)], server[digits..])
            : (server, "");
        return [.. Encoding.UTF8.GetBytes(host), 0, .. Encoding.UTF8.GetBytes(port)];
    }
}
