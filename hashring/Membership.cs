using System.Collections.ObjectModel;

namespace WsBalancer.HashRing;

/// <summary>
/// The nodes of one ring in the order that gives them their indexes: ascending bytes of their UTF-8 ids.
/// </summary>
internal sealed class Membership
{
    private readonly Member[] _members;
    private readonly Dictionary<string, int> _indexes;

    private Membership(Member[] members)
    {
        if (members.Length == 0)
        {
            throw new ArgumentException("A ring needs at least one node.", nameof(members));
        }

        if (members.Length > Ring.MaxNodes)
        {
            throw new ArgumentException(
                $"A ring of {members.Length} nodes is too large; at most {Ring.MaxNodes} are allowed.",
                nameof(members));
        }

        // Not string.CompareOrdinal: it orders UTF-16 units, which differs from UTF-8 above U+FFFF.
        Array.Sort(members, static (a, b) => a.IdBytes.AsSpan().SequenceCompareTo(b.IdBytes));
        _members = members;
        _indexes = new Dictionary<string, int>(members.Length, StringComparer.Ordinal);
        for (var i = 0; i < members.Length; i++)
        {
            _indexes.Add(members[i].Id, i);
        }

        WeightedCount = members.Count(static member => member.Weight > 0);
        Nodes = Array.AsReadOnly(Array.ConvertAll(members, static member => member.Node));
    }

    public ReadOnlySpan<Member> Members => _members;

    public ReadOnlyCollection<RingNode> Nodes { get; }

    /// <summary>The number of nodes whose weight is greater than 0.</summary>
    public int WeightedCount { get; }

    /// <summary>Checks every node and sorts them. Throws <see cref="ArgumentException"/> if one is invalid.</summary>
    public static Membership Of(IEnumerable<RingNode> nodes)
    {
        var byId = new Dictionary<string, Member>(StringComparer.Ordinal);
        foreach (var node in nodes)
        {
            Add(byId, node);
        }

        return new Membership([.. byId.Values]);
    }

    /// <summary>Each node's weight as a part of the sum of all, in double precision; 0 when that sum is 0.</summary>
    public double[] NormalizedWeights()
    {
        var sum = _members.Sum(static member => (double)member.Weight);
        return Array.ConvertAll(_members, member => member.Weight == 0 ? 0 : member.Weight / sum);
    }

    public int IndexOf(string id) => _indexes.GetValueOrDefault(id, -1);

    /// <summary>These nodes after the changes, each applied to the result of the one before it.</summary>
    public Membership Apply(ReadOnlySpan<RingChange> changes)
    {
        var byId = new Dictionary<string, Member>(_members.Length, StringComparer.Ordinal);
        foreach (var member in _members)
        {
            byId.Add(member.Id, member);
        }

        foreach (var change in changes)
        {
            Apply(byId, change);
        }

        return new Membership([.. byId.Values]);
    }

    private static void Apply(Dictionary<string, Member> byId, RingChange change)
    {
        switch (change.Kind)
        {
            case RingChangeKind.Add:
                Add(byId, change.Node);
                break;
            case RingChangeKind.Remove:
                byId.Remove(Find(byId, change).Id);
                break;
            case RingChangeKind.Reweight:
                byId[change.Id] = Find(byId, change).WithWeight(change.Node.Weight);
                break;
            default:
                throw new ArgumentException("A change is uninitialised: use Add, Remove or Reweight.", nameof(change));
        }
    }

    private static void Add(Dictionary<string, Member> byId, RingNode node)
    {
        var member = Member.Of(node);
        if (!byId.TryAdd(member.Id, member))
        {
            throw new ArgumentException($"Node '{node.Id}' is in the ring already; ids are unique.", nameof(node));
        }
    }

    private static Member Find(Dictionary<string, Member> byId, RingChange change)
    {
        if (change.Id is not null && byId.TryGetValue(change.Id, out var member))
        {
            return member;
        }

        throw new ArgumentException($"Cannot {change}: the ring has no such node.", nameof(change));
    }
}
