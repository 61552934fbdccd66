using System.Globalization;
using System.IO.Hashing;

namespace WsBalancer.HashRing.Maglev;

/// <summary>
/// The table of Envoy's <c>MAGLEV</c>: XXH64 throughout, 65,537 slots unless its <c>table_size</c> specifies another
/// size. A node's key is the text that Envoy hashes for the host: the <c>hash_key</c> of its metadata, or its hostname
/// if so configured, or else its address, <c>127.0.0.1:8080</c>.
/// </summary>
/// <remarks>
/// <para>
/// Compatible with Envoy as of commit 08417eb6, checked against the tables of its own tests; source:
/// <c>maglev_lb.cc</c>.
/// </para>
/// <para>
/// The algorithm moves some slots between nodes that a change does not concern. Health is a mask here and moves only
/// the users of the node that is not available; Envoy fills another table.
/// </para>
/// </remarks>
internal sealed class EnvoyMaglevRing : MaglevRing
{
    public const string AlgorithmName = "envoy-maglev";

    private EnvoyMaglevRing(Membership membership, RingOptions options, int size)
        : base(
            membership,
            options,
            string.Create(CultureInfo.InvariantCulture, $"{AlgorithmName}/1;m={size}"),
            size,
            EntriesOf(membership, membership.NormalizedWeights(), HashesOf))
    {
    }

    public static EnvoyMaglevRing Build(Membership membership, RingOptions options) =>
        new(membership, options, options.TableSize ?? MaglevTable.Sizes.Default);

    public override ulong Hash(ReadOnlySpan<byte> utf8User) => XxHash64.HashToUInt64(utf8User);

    public override int OwnerOf(ReadOnlySpan<byte> utf8User) => OwnerOf(Hash(utf8User));

    private static (ulong Offset, ulong Skip) HashesOf(byte[] key) =>
        (XxHash64.HashToUInt64(key, 0), XxHash64.HashToUInt64(key, 1));
}
