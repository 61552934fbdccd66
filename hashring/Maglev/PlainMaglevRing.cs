using System.Globalization;
using System.IO.Hashing;

namespace WsBalancer.HashRing.Maglev;

/// <summary>
/// A Maglev table that is not compatible with any other balancer. Use it for the most even shares, with a table size of
/// choice, whole weights and a seed. XXH3-64 of a user; XXH128 of a key, its lower half for the offset and its upper
/// for the skip.
/// </summary>
/// <remarks>
/// Follows the paper, which specifies no hash functions and therefore no table. Tests reproduce its figures for balance
/// and disruption. The algorithm moves some slots between nodes that a change does not concern.
/// </remarks>
internal sealed class PlainMaglevRing : MaglevRing
{
    public const string AlgorithmName = "maglev";

    private readonly long _keySeed;

    private PlainMaglevRing(Membership membership, RingOptions options, int size, RingSeeds seeds)
        : base(
            membership,
            options,
            string.Create(
                CultureInfo.InvariantCulture,
                $"{AlgorithmName}/1;m={size};seed={(options.Seed is null ? "none" : "set")}"),
            size,
            EntriesOf(membership, WeightsOf(membership), key => HashesOf(key, seeds)))
    {
        _keySeed = unchecked((long)seeds.Key);
    }

    public static PlainMaglevRing Build(Membership membership, RingOptions options) =>
        new(membership, options, options.TableSize ?? MaglevTable.Sizes.Default, RingSeeds.Of(options.Seed));

    public override ulong Hash(ReadOnlySpan<byte> utf8User) => XxHash3.HashToUInt64(utf8User, _keySeed);

    public override int OwnerOf(ReadOnlySpan<byte> utf8User) => OwnerOf(Hash(utf8User));

    // Sums of whole numbers are exact in double precision up to 2^53, far more than any table reaches.
    private static double[] WeightsOf(Membership membership) =>
        [.. membership.Nodes.Select(static node => (double)node.Weight)];

    private static (ulong Offset, ulong Skip) HashesOf(byte[] key, RingSeeds seeds)
    {
        var hash = XxHash128.HashToUInt128(key, unchecked((long)seeds.Table));
        return ((ulong)hash, (ulong)(hash >> 64));
    }
}
