namespace WsBalancer.HashRing;

/// <summary>
/// The users that a change from one ring to another moves, found by comparing the owners of every position of the key
/// space: exact, not an estimate from samples.
/// </summary>
public sealed class RingPlan
{
    private readonly Ring _before;
    private readonly Ring _after;

    private RingPlan(Ring before, Ring after, List<RingMove> moves, UInt128 excess)
    {
        _before = before;
        _after = after;
        Moves = moves.AsReadOnly();

        var moved = UInt128.Zero;
        foreach (var move in moves)
        {
            moved += move.Share.Owned;
        }

        MovedShare = new RingShare(moved, before.PositionCount);
        ExcessShare = new RingShare(excess, before.PositionCount);
        MinimumShare = new RingShare(moved - excess, before.PositionCount);
    }

    /// <summary>The fraction of the key space whose owner differs, 0 to 1.</summary>
    public double Moved => MovedShare.Ratio;

    /// <summary>
    /// The part of <see cref="Moved"/> from or to a node that the change added, removed or reweighted: moved − excess.
    /// </summary>
    public double Minimum => MinimumShare.Ratio;

    /// <summary>
    /// The part of <see cref="Moved"/> between two nodes neither of which the change added, removed or reweighted.
    /// Always 0 for rendezvous.
    /// </summary>
    public double Excess => ExcessShare.Ratio;

    /// <summary><see cref="Moved"/>, exactly.</summary>
    public RingShare MovedShare { get; }

    /// <summary><see cref="Minimum"/>, exactly.</summary>
    public RingShare MinimumShare { get; }

    /// <summary><see cref="Excess"/>, exactly.</summary>
    public RingShare ExcessShare { get; }

    /// <summary>The moves, one entry for each pair of nodes between which users move, in order of their ids.</summary>
    public IReadOnlyList<RingMove> Moves { get; }

    /// <summary>
    /// Whether the user's owner changes, and the ids of both owners; null where no node owns the user.
    /// </summary>
    public bool TryFindMove(ReadOnlySpan<char> user, out string? from, out string? to) =>
        TryFindMove(_before.Hash(user), out from, out to);

    /// <inheritdoc cref="TryFindMove(ReadOnlySpan{char}, out string?, out string?)"/>
    public bool TryFindMove(ReadOnlySpan<byte> utf8User, out string? from, out string? to) =>
        TryFindMove(_before.Hash(utf8User), out from, out to);

    /// <summary>
    /// Whether the owner of the hash changes, and the ids of both owners; null where no node owns the hash.
    /// </summary>
    public bool TryFindMove(ulong hash, out string? from, out string? to)
    {
        from = IdOf(_before, _before.OwnerOf(hash));
        to = IdOf(_after, _after.OwnerOf(hash));
        return from != to;
    }

    internal static RingPlan Between(Ring before, Ring after)
    {
        var moves = new List<RingMove>();
        var excess = UInt128.Zero;
        foreach (var ((from, to), positions) in Tally(before, after).OrderBy(static entry => entry.Key))
        {
            moves.Add(new RingMove(
                IdOf(before, from), IdOf(after, to), new RingShare(positions, before.PositionCount)));
            if (IsUntouched(before, from, after) && IsUntouched(after, to, before))
            {
                excess += positions;
            }
        }

        return new RingPlan(before, after, moves, excess);
    }

    /// <summary>
    /// Walks both rings at once, from one arc boundary to the next, and sums the positions whose owner changes.
    /// </summary>
    private static Dictionary<(int From, int To), UInt128> Tally(Ring before, Ring after)
    {
        var successors = Successors(before, after);
        var tally = new Dictionary<(int From, int To), UInt128>();
        var last = (ulong)(before.PositionCount - 1);
        var start = 0UL;
        while (true)
        {
            var end = Math.Min(before.ArcEndOf(start), after.ArcEndOf(start));
            var (from, to) = (before.OwnerAt(start), after.OwnerAt(start));
            if (to != (from < 0 ? from : successors[from]))
            {
                tally[(from, to)] = tally.GetValueOrDefault((from, to)) + (end - start) + 1;
            }

            if (end == last)
            {
                return tally;
            }

            start = end + 1;
        }
    }

    /// <summary>
    /// The index in the later ring of each node of the earlier one; −2, which is never an owner, if the later ring does
    /// not have the node.
    /// </summary>
    private static int[] Successors(Ring before, Ring after)
    {
        const int Removed = -2;

        var successors = new int[before.Nodes.Count];
        for (var i = 0; i < successors.Length; i++)
        {
            var index = after.IndexOf(before.Nodes[i].Id);
            successors[i] = index < 0 ? Removed : index;
        }

        return successors;
    }

    private static bool IsUntouched(Ring ring, int node, Ring other)
    {
        if (node < 0)
        {
            return false;
        }

        var index = other.IndexOf(ring.Nodes[node].Id);
        return index >= 0 && ring.Nodes[node] == other.Nodes[index];
    }

    private static string? IdOf(Ring ring, int node) => node < 0 ? null : ring.Nodes[node].Id;
}
