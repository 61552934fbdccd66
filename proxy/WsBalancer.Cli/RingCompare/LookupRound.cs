using System.Runtime.CompilerServices;
using WsBalancer.HashRing;

namespace WsBalancer.Cli.RingCompare;

/// <summary>One round of lookups in a ring: the owner of each of many users, once.</summary>
/// <remarks>
/// The ids are the same in every run and look like random UUIDs. They are too many for the branch predictor to learn,
/// and touch every cache line of the tables of all but the largest rings.
/// </remarks>
internal sealed class LookupRound
{
    public const int Users = 16_384;
    public const int IdLength = 36;

    private const int Seed = 20;

    private static readonly byte[] Ids = MakeIds();

    private readonly Ring _ring;
    private readonly ulong[] _hashes = new ulong[Users];

    public LookupRound(Ring ring)
    {
        _ring = ring;
        for (var i = 0; i < Users; i++)
        {
            _hashes[i] = ring.Hash(IdOf(i));
        }
    }

    /// <summary>The sum of all owners, without which the compiler could remove the lookups.</summary>
    public long Sum { get; private set; }

    public static ReadOnlySpan<byte> IdOf(int user) => Ids.AsSpan(user * IdLength, IdLength);

    // Compiled at once and without a profile: a profile would optimise the loop for the ring that is measured first,
    // and every other ring would be at a disadvantage.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void FromIds()
    {
        var sum = 0L;
        for (var i = 0; i < Users; i++)
        {
            sum += _ring.OwnerOf(IdOf(i));
        }

        Sum = sum;
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void FromHashes()
    {
        var sum = 0L;
        foreach (var hash in _hashes)
        {
            sum += _ring.OwnerOf(hash);
        }

        Sum = sum;
    }

    private static byte[] MakeIds()
    {
        var random = new Random(Seed);
        var ids = new byte[Users * IdLength];
        Span<byte> bits = stackalloc byte[16];
        for (var i = 0; i < Users; i++)
        {
            random.NextBytes(bits);
            new Guid(bits).TryFormat(ids.AsSpan(i * IdLength, IdLength), out _);
        }

        return ids;
    }
}
