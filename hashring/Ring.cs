using System.Buffers;
using System.Runtime.CompilerServices;
using System.Text;
using System.Text.Unicode;

namespace WsBalancer.HashRing;

/// <summary>
/// Who owns a key: an immutable snapshot of nodes with weights, and of the owner of every 64-bit hash. Rings built
/// anywhere from the same nodes and options give every key the same owner.
/// </summary>
/// <remarks>
/// Safe for any number of threads without a lock. <see cref="Hash(ReadOnlySpan{byte})"/>, <c>OwnerOf</c> and
/// <see cref="OrderOf"/> allocate nothing. Nodes have indexes, their places in <see cref="Nodes"/>; an index belongs to
/// this one ring and means another node in the next. The bound on the length of user ids is the caller's: the ring
/// hashes any length, and the empty id like any other.
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
    /// The nodes by index: in ascending order of the bytes of their UTF-8 ids, those of weight 0 too.
    /// </summary>
    public IReadOnlyList<RingNode> Nodes => _membership.Nodes;

    /// <summary>The construction's name, as in <see cref="RingOptions.Algorithm"/>.</summary>
    public string Algorithm { get; }

    /// <summary>
    /// The construction with its version and options, such as <c>rendezvous/1;b=18;seed=none</c>. Within one spec and
    /// one seed, the same nodes give the same owners for ever.
    /// </summary>
    public string Spec { get; }

    /// <summary>
    /// The content hash over spec, seeds and nodes: equal if and (short of a collision of 128 bits) only if the rings
    /// give every key the same owner by construction. People see it as <c>ToString("x32")</c>.
    /// </summary>
    public UInt128 Fingerprint { get; }

    /// <summary>The size of what lookups read, in bytes.</summary>
    public abstract long TableBytes { get; }

    /// <summary>How many positions the key space has; at most 2^64.</summary>
    internal abstract UInt128 PositionCount { get; }

    /// <summary>Builds the ring of the nodes; their order does not matter.</summary>
    /// <exception cref="ArgumentException">
    /// There is no node, or more than <see cref="MaxNodes"/>; an id is empty, longer than 1,024 bytes of UTF-8, not
    /// well-formed or there twice; a weight is out of range; the algorithm is unknown or cannot take an option, a key
    /// or a weight; or the seed is empty.
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
    /// The hash that decides the order of a user, of the UTF-8 bytes as they are: of 64 bits or, where the algorithm
    /// has it so, of 32 with zeros above.
    /// </summary>
    public abstract ulong Hash(ReadOnlySpan<byte> utf8User);

    /// <summary>
    /// The same hash, of a text: that of its UTF-8, each surrogate without its other half becoming U+FFFD as with
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
    // Virtual so that a sealed ring can do it without a second call through the table of virtuals.
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
    /// The index of the first available node in the order of the hash, or −1 if none is. O(1) while the owner is
    /// available. For <c>rendezvous</c>, <c>nginx</c> and <c>haproxy</c> it is the owner that a ring without the other
    /// nodes would give; for the others it is not, and nobody moves but those whose owner is not available.
    /// </summary>
    public abstract int OwnerOf(ulong hash, NodeMask available);

    /// <summary>
    /// Writes the indexes of all nodes of weight over 0, most preferred first, and returns how many there are.
    /// </summary>
    /// <exception cref="ArgumentException">The span is shorter than that.</exception>
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
    /// The ring after the changes, each made to the outcome of the one before it: equal in everything to one built
    /// from the resulting nodes, and cheaper. This ring stays as it is.
    /// </summary>
    /// <exception cref="ArgumentException">
    /// A change adds a node that is there, removes or reweights one that is not, or removes the last one; or an added
    /// node or a weight is not valid.
    /// </exception>
    public Ring Apply(params ReadOnlySpan<RingChange> changes) => WithMembership(_membership.Apply(changes));

    /// <summary>
    /// Whether the two hash users alike and have the same positions, so that they can be held against each other: they
    /// have the same spec and seed.
    /// </summary>
    public bool IsComparableTo(Ring other)
    {
        ArgumentNullException.ThrowIfNull(other);
        return Spec == other.Spec && _seeds == other._seeds;
    }

    /// <summary>What going from this ring to the next would move, exactly.</summary>
    /// <exception cref="ArgumentException">The rings differ in spec or seed, so nothing can be said.</exception>
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
    /// The last position that certainly has the same owner as this one and all between; never before it.
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

    /// <summary>Writes the UTF-8 of a text that is sure to fit, and returns its length.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static int Encode(ReadOnlySpan<char> user, Span<byte> bytes)
    {
        // Most ids are ASCII, and for those this is the shorter way.
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
