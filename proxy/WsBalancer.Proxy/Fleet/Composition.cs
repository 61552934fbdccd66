using WsBalancer.Proxy.State;
using Yarp.ReverseProxy.Model;

namespace WsBalancer.Proxy.Fleet;

/// <summary>
/// The nodes that a cluster is to have: those of the configuration with every runtime change that holds laid over them.
/// Pure.
/// </summary>
internal sealed class Composition
{
    private readonly Dictionary<string, Member> _members = new(StringComparer.Ordinal);
    private readonly Dictionary<string, DrainValue> _drains = new(StringComparer.Ordinal);
    private readonly Dictionary<string, RemovalValue> _removals = new(StringComparer.Ordinal);
    private readonly Dictionary<string, WeightValue> _weights = new(StringComparer.Ordinal);
    private readonly List<(StateKey Key, StateStanding Standing)> _standings = [];
    private readonly List<StateKey> _lapsed = [];

    private Composition()
    {
    }

    /// <summary>That of a cluster without nodes.</summary>
    public static Composition Empty { get; } = new();

    /// <summary>The nodes by id.</summary>
    public IReadOnlyDictionary<string, Member> Members => _members;

    /// <summary>
    /// What the configuration, and nodes that registered themselves, say: without what operators changed, and with what
    /// they removed.
    /// </summary>
    public IReadOnlyDictionary<string, Member> Sources { get; private init; } = new Dictionary<string, Member>();

    /// <summary>The drains that operators began, by node.</summary>
    public IReadOnlyDictionary<string, DrainValue> Drains => _drains;

    /// <summary>The removals, by node.</summary>
    public IReadOnlyDictionary<string, RemovalValue> Removals => _removals;

    /// <summary>The blend that holds; null without one.</summary>
    public BlendValue? Blend { get; private set; }

    /// <summary>How the runtime changes stand now, as far as that changed.</summary>
    public IReadOnlyList<(StateKey Key, StateStanding Standing)> Standings => _standings;

    /// <summary>The runtime changes that are to be taken back.</summary>
    public IReadOnlyList<StateKey> Lapsed => _lapsed;

    /// <param name="configured">What the configuration names.</param>
    /// <param name="algorithm">The ring that is configured.</param>
    /// <param name="records">Every runtime change of the cluster.</param>
    /// <param name="standingOf">How each has stood so far.</param>
    public static Composition Of(
        IEnumerable<DestinationState> configured,
        string algorithm,
        IReadOnlyList<StateRecord> records,
        Func<StateKey, StateStanding> standingOf)
    {
        var named = configured.Select(Member.Of).ToDictionary(member => member.Id, StringComparer.Ordinal);
        var sources = SourcesOf(named, records);
        var composition = new Composition { Sources = sources };
        foreach (var record in records)
        {
            composition.Judge(record, sources, algorithm, standingOf(record.Key));
        }

        composition.Lay(named);
        return composition;
    }

    private static Dictionary<string, Member> SourcesOf(
        Dictionary<string, Member> named, IReadOnlyList<StateRecord> records)
    {
        var sources = new Dictionary<string, Member>(named, StringComparer.Ordinal);
        foreach (var record in records)
        {
            if (record.Value is MemberValue { Origin: MemberOrigin.Registered } member)
            {
                sources.TryAdd(record.Key.Node, MemberOf(record.Key.Node, member));
            }
        }

        return sources;
    }

    private void Judge(
        StateRecord record, Dictionary<string, Member> sources, string algorithm, StateStanding standing)
    {
        var source = sources.GetValueOrDefault(record.Key.Node);
        var underlying = new Underlying(
            source?.Source == NodeSource.Configured,
            source?.Source == NodeSource.Registered,
            source?.Weight,
            algorithm);
        if (Standing.Next(record.Value!, standing, underlying) is not { } next)
        {
            _lapsed.Add(record.Key);
            return;
        }

        if (next != standing)
        {
            _standings.Add((record.Key, next));
        }

        if (next == StateStanding.InEffect)
        {
            Take(record);
        }
    }

    private void Take(StateRecord record)
    {
        switch (record.Value)
        {
            case MemberValue member:
                _members[record.Key.Node] = MemberOf(record.Key.Node, member);
                break;
            case RemovalValue removal:
                _removals[record.Key.Node] = removal;
                break;
            case WeightValue weight:
                _weights[record.Key.Node] = weight;
                break;
            case DrainValue drain:
                _drains[record.Key.Node] = drain;
                break;
            case BlendValue blend:
                Blend = blend;
                break;
        }
    }

    private void Lay(Dictionary<string, Member> named)
    {
        foreach (var (id, member) in named)
        {
            _members[id] = member;
        }

        foreach (var (id, removal) in _removals)
        {
            if (removal.WasConfigured)
            {
                _members.Remove(id);
            }
        }

        foreach (var (id, weight) in _weights)
        {
            if (_members.GetValueOrDefault(id) is { } member)
            {
                _members[id] = member.Weighing(weight.Weight) with { IsWeightOverridden = true };
            }
        }
    }

    private static Member MemberOf(string id, MemberValue member) => Member.Of(
        id,
        member.Address,
        member.Weight,
        member.RingKey,
        member.Origin == MemberOrigin.Registered ? NodeSource.Registered : NodeSource.Added);
}
