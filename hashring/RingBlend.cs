using System.Buffers.Binary;
using System.Globalization;
using System.IO.Hashing;
using System.Runtime.InteropServices;

namespace WsBalancer.HashRing;

/// <summary>
/// Two rings over the same nodes, of which the second one places a part of the users: a way to move a fleet from one
/// algorithm to another, a few users at a time. A user moves once, when the share reaches it, and stays moved while the
/// share grows.
/// </summary>
/// <remarks>
/// Immutable and safe for any number of threads without a lock; lookups allocate nothing. A blend of one ring is equal
/// to that ring: the same owners, spec and fingerprint. A blend whose share is 1 is equal to its second ring.
/// </remarks>
public sealed class RingBlend
{
    // Seed of the hash that decides which users move. A hash independent of both rings: with the hash of either ring,
    // whole arcs of that ring would move first. The ASCII of "blend".
    private const long ShareSeed = 0x626C656E64;

    private readonly Ring _main;
    private readonly Ring? _other;
    private readonly ulong _threshold;

    /// <summary>A blend of one ring.</summary>
    public RingBlend(Ring ring)
    {
        ArgumentNullException.ThrowIfNull(ring);
        From = _main = ring;
        Spec = ring.Spec;
        Algorithm = ring.Algorithm;
        Fingerprint = ring.Fingerprint;
    }

    /// <summary>A blend of two rings.</summary>
    /// <param name="from">The ring of the users that are not moved yet.</param>
    /// <param name="to">
    /// The ring of the moved users. The nodes must have the same ids and weights; keys may differ.
    /// </param>
    /// <param name="share">The part of the users that is moved, 0 to 1.</param>
    /// <exception cref="ArgumentException">The rings differ in their nodes.</exception>
    public RingBlend(Ring from, Ring to, double share)
    {
        ArgumentNullException.ThrowIfNull(from);
        ArgumentNullException.ThrowIfNull(to);
        if (share is not (>= 0 and <= 1))
        {
            throw new ArgumentOutOfRangeException(nameof(share), share, "A share is a number from 0 to 1.");
        }

        if (!from.Nodes.Select(WithoutKey).SequenceEqual(to.Nodes.Select(WithoutKey)))
        {
            throw new ArgumentException("Only rings of the same nodes and weights can be blended.", nameof(to));
        }

        (From, To, Share) = (from, to, share);
        _main = share < 1 ? from : to;
        _other = share is > 0 and < 1 ? to : null;
        _threshold = _other is null ? 0 : (ulong)(share * Math.ScaleB(1, 64));
        Spec = _other is null ? _main.Spec : $"{from.Spec} + {Percent(share)} {to.Spec}";
        Algorithm = _other is null ? _main.Algorithm : $"{from.Algorithm}+{to.Algorithm}";
        Fingerprint = _other is null ? _main.Fingerprint : FingerprintOf(from, to, _threshold);
    }

    /// <summary>The first ring, which places the users that are not moved yet.</summary>
    public Ring From { get; }

    /// <summary>The second ring, to which users move; null for a blend of one ring.</summary>
    public Ring? To { get; }

    /// <summary>The part of the users that <see cref="To"/> places, 0 to 1.</summary>
    public double Share { get; }

    /// <summary>The nodes by index. Both rings have the same nodes; the keys are those of a ring in use.</summary>
    public IReadOnlyList<RingNode> Nodes => _main.Nodes;

    /// <summary>The name of the algorithm, or both with a plus sign while both rings place users.</summary>
    public string Algorithm { get; }

    /// <summary>The spec of the ring in use, or of both rings with the share of the second.</summary>
    public string Spec { get; }

    /// <summary>The content hash: equal if every user has the same owner by construction.</summary>
    public UInt128 Fingerprint { get; }

    /// <summary>The index of the node, or −1 if the rings do not have it.</summary>
    public int IndexOf(string id) => _main.IndexOf(id);

    /// <summary>Whether the second ring places the user.</summary>
    public bool IsMoved(ReadOnlySpan<char> user) => RingOf(user) == To;

    /// <summary>The index of the node that owns the user, or −1 if no node has weight.</summary>
    public int OwnerOf(ReadOnlySpan<char> user) => RingOf(user).OwnerOf(user);

    /// <summary>The index of the first available node of the user's order, or −1 if none is available.</summary>
    public int OwnerOf(ReadOnlySpan<char> user, NodeMask available)
    {
        var ring = RingOf(user);
        return ring.OwnerOf(ring.Hash(user), available);
    }

    /// <summary>
    /// The first available node for a random number instead of a user: each node has a probability that follows its
    /// weight.
    /// </summary>
    public int OwnerOf(ulong draw, NodeMask available) => _main.OwnerOf(draw, available);

    /// <summary>
    /// Writes the indexes of the user's nodes of weight over 0, most preferred first, and returns how many there are.
    /// </summary>
    /// <exception cref="ArgumentException">The span is shorter than the number of those nodes.</exception>
    public int OrderOf(ReadOnlySpan<char> user, Span<int> order)
    {
        var ring = RingOf(user);
        return ring.OrderOf(ring.Hash(user), order);
    }

    /// <summary>The part of the users that the node owns, 0 to 1.</summary>
    public double ShareOf(int node) => _other is null
        ? _main.ShareOf(node).Ratio
        : ((1 - Share) * From.ShareOf(node).Ratio) + (Share * To!.ShareOf(node).Ratio);

    /// <summary>The users that a change from this blend to the next moves.</summary>
    public BlendPlan PlanTo(RingBlend next)
    {
        ArgumentNullException.ThrowIfNull(next);
        return BlendPlan.Between(this, next);
    }

    /// <summary>The ring of the users that move when the share reaches this point, 0 to 1.</summary>
    internal Ring RingAt(double point) => _other is not null && point < Share ? _other : _main;

    private Ring RingOf(ReadOnlySpan<char> user) =>
        _other is not null && XxHash3.HashToUInt64(MemoryMarshal.AsBytes(user), ShareSeed) < _threshold
            ? _other
            : _main;

    private static RingNode WithoutKey(RingNode node) => node with { Key = null };

    private static string Percent(double share) =>
        string.Create(CultureInfo.InvariantCulture, $"{share * 100:0.####}%");

    private static UInt128 FingerprintOf(Ring from, Ring to, ulong threshold)
    {
        Span<byte> content = stackalloc byte[40];
        BinaryPrimitives.WriteUInt128LittleEndian(content, from.Fingerprint);
        BinaryPrimitives.WriteUInt128LittleEndian(content[16..], to.Fingerprint);
        BinaryPrimitives.WriteUInt64LittleEndian(content[32..], threshold);
        return XxHash128.HashToUInt128(content);
    }
}
