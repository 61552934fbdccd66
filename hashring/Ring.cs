using System.Buffers;
using System.Runtime.CompilerServices;
using System.Text;
using System.Text.Unicode;

namespace WsBalancer.HashRing;

/// <summary>
/// The owner of every key: an immutable snapshot of nodes with weights, and of the owner of every 64-bit hash. Rings
/// built anywhere from the same nodes and options give every key the same owner.
/// </summary>
/// <remarks>
/// Safe for any number of threads without a lock. <see cref="Hash(ReadOnlySpan{byte})"/>, <c>OwnerOf</c> and
/// <see cref="OrderOf"/> allocate nothing. The index of a node is its place in <see cref="Nodes"/>; it is valid for
/// this ring only and may mean another node in another ring. The caller limits the length of user ids: the ring hashes
/// any length, the empty id too.
/// </remarks>
public abstract class Ring
{
    /// <summary>The largest number of nodes, inclusive.</summary>
    public const int MaxNodes = 65_535;

    /// <summary>The largest number of points, inclusive, of a ring that has points.</summary>
    public const int MaxPoints = 16_777_216;

    // Up to this many UTF-16 units are transcoded on the stack; longer ids take a pooled buffer.
    private const int StackChars = 256;
    private const int MaxBytesPerChar = 3;

    private readonly Membership _membership;
    private readonly RingSeeds _seeds;

    private protected Ring(Membership membership, RingSeeds seeds, string algorithm, string spec, bool hasKeys)
    {
        _membership = membership;
        _seeds = seeds;
        Algorithm = algorithm;
        Spec = spec;
        Fingerprint = RingFingerprint.Of(spec, seeds, membership.Members, hasKeys);
    }

    /// <summary>
    /// The nodes by index: in ascending order of the bytes of their UTF-8 ids, nodes of weight 0 included.
    /// </summary>
    public IReadOnlyList<RingNode> Nodes => _membership.Nodes;

    /// <summary>The name of the algorithm, as in <see cref="RingOptions.Algorithm"/>.</summary>
    public string Algorithm { get; }

    /// <summary>
    /// The algorithm with its version and options, such as <c>rendezvous/1;b=18;seed=none</c>. With the same spec and
    /// seed, the same nodes have the same owners for ever.
    /// </summary>
    public string Spec { get; }

    /// <summary>
    /// The content hash over spec, seeds and nodes: equal if and (short of a collision of 128 bits) only if the rings
    /// give every key the same owner by construction. Shown to people as <c>ToString("x32")</c>.
    /// </summary>
    public UInt128 Fingerprint { get; }

    /// <summary>The size of the table that lookups read, in bytes.</summary>
    public abstract long TableBytes { get; }

    /// <summary>The number of positions of the key space; at most 2^64.</summary>
    internal abstract UInt128 PositionCount { get; }

    /// <summary>Builds the ring of the nodes, in any order.</summary>
    /// <exception cref="ArgumentException">
    /// There is no node, or more than <see cref="MaxNodes"/>; an id is empty, longer than 1,024 bytes of UTF-8, not
    /// well-formed or not unique; a weight is out of range; the algorithm is unknown or does not accept an option, a
    /// key or a weight; or the seed is empty.
    /// </exception>
    public static Ring Build(IEnumerable<RingNode> nodes, RingOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(nodes);
        options ??= new RingOptions();
        if (options.Mistakes().FirstOrDefault() is { } mistake)
        {
            throw new ArgumentException($"Ring: {mistake}", nameof(options));
        }

        return RingAlgorithm.Find(options.Algorithm)!.Build(Membership.Of(nodes), options);
    }

    /// <summary>The index of the node, or −1 if the ring does not have it.</summary>
    public int IndexOf(string id)
    {
        ArgumentNullException.ThrowIfNull(id);
        return _membership.IndexOf(id);
    }

    /// <summary>
    /// The hash that decides the order of a user, computed over the UTF-8 bytes as they are: 64 bits or, with some
    /// algorithms, 32 bits with zeros above.
    /// </summary>
    public abstract ulong Hash(ReadOnlySpan<byte> utf8User);

    /// <summary>
    /// The same hash for a text, computed over its UTF-8. A surrogate without its other half becomes U+FFFD as with
    /// <see cref="Encoding.UTF8"/>.
    /// </summary>
    [SkipLocalsInit]
    public ulong Hash(ReadOnlySpan<char> user)
    {
        if (user.Length > StackChars)
        {
            return HashLong(user);
        }

        Span<byte> bytes = stackalloc byte[StackChars * MaxBytesPerChar];
        return Hash(bytes[..Encode(user, bytes)]);
    }

    /// <summary>The index of the node that owns the hash, or −1 if no node has weight.</summary>
    public abstract int OwnerOf(ulong hash);

    /// <summary>The index of the node that owns the user, or −1 if no node has weight.</summary>
    // Virtual so that a sealed ring needs no second virtual call.
    public virtual int OwnerOf(ReadOnlySpan<byte> utf8User) => OwnerOf(Hash(utf8User));

    /// <summary>The index of the node that owns the user, or −1 if no node has weight.</summary>
    [SkipLocalsInit]
    public int OwnerOf(ReadOnlySpan<char> user)
    {
        if (user.Length > StackChars)
        {
            return OwnerOf(HashLong(user));
        }

        Span<byte> bytes = stackalloc byte[StackChars * MaxBytesPerChar];
        return OwnerOf(bytes[..Encode(user, bytes)]);
    }

    /// <summary>
    /// The index of the first available node in the order of the hash, or −1 if none is available. O(1) while the owner
    /// is available. For <c>rendezvous</c>, <c>nginx</c> and <c>haproxy</c> the result is the owner in a ring without
    /// the other nodes. For the other algorithms it is not; with every algorithm, only the users whose owner is not
    /// available move.
    /// </summary>
    public abstract int OwnerOf(ulong hash, NodeMask available);

    /// <summary>
    /// Writes the indexes of all nodes of weight over 0, most preferred first, and returns how many there are.
    /// </summary>
    /// <exception cref="ArgumentException">The span is shorter than the number of those nodes.</exception>
    public abstract int OrderOf(ulong hash, Span<int> order);

    /// <summary>
    /// The exact part of the key space that the node owns; all shares sum to 1 if any node has weight.
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">The ring has no node of that index.</exception>
    public RingShare ShareOf(int node)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(node);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(node, Nodes.Count);
        return new RingShare(PositionsOwnedBy(node), PositionCount);
    }

    /// <summary>
    /// The ring after the changes, each applied to the result of the one before it: equal in everything to a ring built
    /// from the resulting nodes, but cheaper. This ring does not change.
    /// </summary>
    /// <exception cref="ArgumentException">
    /// A change adds a node that the ring has, removes or reweights one that it does not have, or removes the last one;
    /// or an added node or a weight is not valid.
    /// </exception>
    public Ring Apply(params ReadOnlySpan<RingChange> changes) => WithMembership(_membership.Apply(changes));

    /// <summary>
    /// Whether both rings give a user the same hash and have the same positions, so that their owners can be compared:
    /// they have the same spec and seed.
    /// </summary>
    public bool IsComparableTo(Ring other)
    {
        ArgumentNullException.ThrowIfNull(other);
        return Spec == other.Spec && _seeds == other._seeds;
    }

    /// <summary>The exact moves of a change from this ring to the next.</summary>
    /// <exception cref="ArgumentException">The rings differ in spec or seed, so they cannot be compared.</exception>
    public RingPlan PlanTo(Ring next)
    {
        ArgumentNullException.ThrowIfNull(next);
        if (!IsComparableTo(next))
        {
            throw new ArgumentException(
                $"A ring '{Spec}' and a ring '{next.Spec}' cannot be compared unless spec and seed are equal.",
                nameof(next));
        }

        return RingPlan.Between(this, next);
    }

    /// <summary>The owner of a position, or −1 if no node has weight.</summary>
    internal abstract int OwnerAt(ulong position);

    /// <summary>
    /// A position at or after the given one; all positions from the given one to it, inclusive, have the same owner.
    /// </summary>
    internal abstract ulong ArcEndOf(ulong position);

    private protected abstract UInt128 PositionsOwnedBy(int node);

    private protected abstract Ring WithMembership(Membership next);

    private protected static void ThrowIfShort(Span<int> order, int count)
    {
        if (order.Length < count)
        {
            throw new ArgumentException(
                $"The order has {count} nodes; the span has room for {order.Length}.", nameof(order));
        }
    }

    /// <summary>Writes the UTF-8 of a text that must fit into the span, and returns its length.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static int Encode(ReadOnlySpan<char> user, Span<byte> bytes)
    {
        // Most ids are ASCII, and this is the faster way for them.
        if (Ascii.FromUtf16(user, bytes, out var written) != OperationStatus.Done)
        {
            Utf8.FromUtf16(user, bytes, out _, out written);
        }

        return written;
    }

    private ulong HashLong(ReadOnlySpan<char> user)
    {
        var bytes = ArrayPool<byte>.Shared.Rent(Encoding.UTF8.GetByteCount(user));
        var written = Encoding.UTF8.GetBytes(user, bytes);
        var hash = Hash(bytes.AsSpan(0, written));
        ArrayPool<byte>.Shared.Return(bytes);
        return hash;
    }
}
