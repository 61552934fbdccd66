using System.Globalization;
using System.IO.Hashing;
using System.Text;

namespace WsBalancer.HashRing.Points;

/// <summary>
/// The ring of Envoy's <c>RING_HASH</c>: points in proportion to the weights, at least <c>minimum_ring_size</c> in all.
/// A node's key is the text that Envoy hashes for the host: the <c>hash_key</c> of its metadata, or its hostname if so
/// configured, or else its address, <c>127.0.0.1:8080</c>.
/// </summary>
/// <remarks>
/// <para>
/// Compatible with Envoy as of commit 13e9fdb2, checked against the expectations of its own tests; source:
/// <c>ring_hash_lb.cc</c>. <see cref="RingOptions.TableSize"/> is <c>minimum_ring_size</c>; <c>maximum_ring_size</c>
/// has its default, 8,388,608. <see cref="RingOptions.Hash"/> is its <c>hash_function</c> for the points; users are
/// hashed by XXH64.
/// </para>
/// <para>
/// The number of a node's points depends on the number of nodes (<c>ceil(1024 / n)</c> when weights are equal), so the
/// algorithm moves users between nodes that a change does not concern. Where weights do not result in whole numbers of
/// points, Envoy's counts depend on the order of hosts in its configuration; here they depend on the order of ids.
/// Health is a mask here and moves only the users of the node that is not available; Envoy builds another ring.
/// </para>
/// </remarks>
internal sealed class EnvoyRing : PointRing<ulong>
{
    public const string AlgorithmName = "envoy-ring";

    private const int MaxSize = 8 * 1024 * 1024;
    private const string Xxh64 = "xxhash64";
    private const string Murmur = "murmur2";

    private EnvoyRing(Membership membership, RingOptions options, string hash, int minSize, int maxSize)
        : base(
            membership,
            options,
            string.Create(CultureInfo.InvariantCulture, $"{AlgorithmName}/1;hash={hash};min={minSize};max={maxSize}"),
            PointsOf(membership, hash, minSize, maxSize))
    {
    }

    /// <summary>The values that <c>hash_function</c> may have.</summary>
    public static IReadOnlyList<string> Hashes { get; } = [Xxh64, Murmur];

    /// <summary>The values that <c>minimum_ring_size</c> may have.</summary>
    public static RingTableSize Sizes { get; } = new(Default: 1024, Min: 1, Max: MaxSize, IsPrime: false);

    public static EnvoyRing Build(Membership membership, RingOptions options) =>
        Build(membership, options, MaxSize);

    /// <param name="membership">The nodes.</param>
    /// <param name="options">Their ring.</param>
    /// <param name="maxSize">The value of <c>maximum_ring_size</c>.</param>
    public static EnvoyRing Build(Membership membership, RingOptions options, int maxSize) =>
        new(membership, options, options.Hash ?? Hashes[0], options.TableSize ?? Sizes.Default, maxSize);

    public override ulong Hash(ReadOnlySpan<byte> utf8User) => XxHash64.HashToUInt64(utf8User);

    public override int OwnerOf(ReadOnlySpan<byte> utf8User) => OwnerOf(Hash(utf8User));

    // As in Envoy, one sum in double precision runs over all nodes, so the rounding of one node carries over to the
    // next.
    private static PointTable<ulong> PointsOf(
        Membership membership, string hash, int minSize, int maxSize)
    {
        var weights = membership.NormalizedWeights();
        var lightest = weights.Where(static weight => weight > 0).DefaultIfEmpty(1).Min();
        var scale = Math.Min(Math.Ceiling(lightest * minSize) / lightest, maxSize);

        var points = new PointList<ulong>();
        var target = 0.0;
        for (var i = 0; i < weights.Length; i++)
        {
            target += scale * weights[i];
            for (var number = 0; points.Count < target; number++)
            {
                var name = Encoding.UTF8.GetBytes(
                    string.Create(CultureInfo.InvariantCulture, $"{membership.Members[i].Key}_{number}"));
                points.Add(hash == Murmur ? Murmur2.Of(name) : XxHash64.HashToUInt64(name), i);
            }
        }

        return new PointTable<ulong>(points);
    }
}
