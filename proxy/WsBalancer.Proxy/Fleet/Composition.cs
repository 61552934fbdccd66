using WsBalancer.Proxy.State;

namespace WsBalancer.Proxy.Fleet;

/// <summary>
/// The nodes that a cluster should have: those of the configuration with every override that is in effect. A pure
/// function of its inputs.
/// </summary>
internal sealed class Composition
{
    private readonly Dictionary<string, Member> _members = new(StringComparer.Ordinal);
    private readonly Dictionary<string, DrainValue> _drains = new(StringComparer.Ordinal);
    private readonly Dictionary<string, RemovalValue> _removals = new(StringComparer.Ordinal);
    private readonly Dictionary<string, WeightValue> _weights = new(StringComparer.Ordinal);
    private readonly HashSet<string> _hidden = new(StringComparer.Ordinal);
    private readonly List<StateEntry> _statuses = [];
    private readonly List<StateRecord> _lapsed = [];

    private Composition()
    {
    }

    /// <summary>The composition of a cluster without nodes.</summary>
    public static Composition Empty { get; } = new();

    /// <summary>The nodes by id.</summary>
    public IReadOnlyDictionary<string, Member> Members => _members;

    /// <summary>
    /// The nodes of the configuration and of registrations, without the overrides of operators: removed nodes are
    /// included.
    /// </summary>
    public IReadOnlyDictionary<string, Member> Sources { get; private init; } = new Dictionary<string, Member>();

    /// <summary>The drains that operators began, by node.</summary>
    public IReadOnlyDictionary<string, DrainValue> Drains => _drains;

    /// <summary>
    /// The removals, by node. A removal also specifies how the remaining tunnels of its node are closed, when it no
    /// longer hides the node because the configuration has dropped it too.
    /// </summary>
    public IReadOnlyDictionary<string, RemovalValue> Removals => _removals;

    /// <summary>The blend in effect; null without one.</summary>
    public BlendValue? Blend { get; private set; }

    /// <summary>The overrides whose status has changed, with the new status.</summary>
    public IReadOnlyList<StateEntry> Statuses => _statuses;

    /// <summary>The overrides that must be taken back.</summary>
    public IReadOnlyList<StateRecord> Lapsed => _lapsed;

    /// <param name="configured">The nodes of the configuration.</param>
    /// <param name="algorithm">The algorithm of the configured ring.</param>
    /// <param name="records">Every override of the cluster.</param>
    /// <param name="statusOf">The status of an override so far.</param>
    public static Composition Of(
        IEnumerable<Member> configured,
        string algorithm,
        IReadOnlyList<StateRecord> records,
        Func<StateKey, StateStatus> statusOf)
    {
        var named = configured.ToDictionary(member => member.Id, StringComparer.Ordinal);
        var sources = SourcesOf(named, records);
        var composition = new Composition { Sources = sources };
        foreach (var record in records)
        {
            composition.Evaluate(record, sources, algorithm, statusOf(record.Key));
        }

        composition.ApplyOverrides(named);
        return composition;
    }

    /// <summary>
    /// Whether an operator removed the node while the configuration or its registration still names it.
    /// </summary>
    public bool IsHidden(string id) => _hidden.Contains(id);

    /// <summary>
    /// The same nodes with the drains of another composition: for a ring that must not change.
    /// </summary>
    public Composition WithDrainsOf(Composition other)
    {
        var composition = new Composition { Sources = Sources, Blend = Blend };
        foreach (var (id, member) in _members)
        {
            composition._members.Add(id, member);
        }

        composition._hidden.UnionWith(_hidden);
        foreach (var (id, drain) in other._drains)
        {
            composition._drains.Add(id, drain);
        }

        foreach (var (id, removal) in other._removals)
        {
            composition._removals.Add(id, removal);
        }

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

    private void Evaluate(
        StateRecord record, Dictionary<string, Member> sources, string algorithm, StateStatus status)
    {
        var source = sources.GetValueOrDefault(record.Key.Node);
        var underlying = new OverriddenValues(
            source?.Source == NodeSource.Configured,
            source?.Source == NodeSource.Registered,
            source?.Weight,
            algorithm);
        if (OverrideStatus.Next(record.Value!, status, underlying) is not { } next)
        {
            _lapsed.Add(record);
            return;
        }

        if (next != status)
        {
            _statuses.Add(new StateEntry(record, next));
        }

        if (record.Value is RemovalValue removal)
        {
            _removals[record.Key.Node] = removal;
        }

        if (next == StateStatus.InEffect)
        {
            Apply(record);
        }
    }

    private void Apply(StateRecord record)
    {
        switch (record.Value)
        {
            case MemberValue member:
                _members[record.Key.Node] = MemberOf(record.Key.Node, member);
                break;
            case RemovalValue { WasConfigured: true }:
                _hidden.Add(record.Key.Node);
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

    private void ApplyOverrides(Dictionary<string, Member> named)
    {
        foreach (var (id, member) in named)
        {
            _members[id] = member;
        }

        foreach (var id in _hidden)
        {
            _members.Remove(id);
        }

        foreach (var (id, weight) in _weights)
        {
            if (_members.GetValueOrDefault(id) is { } member)
            {
                _members[id] = member.WithWeight(weight.Weight) with { IsWeightOverridden = true };
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
