using WsBalancer.Proxy.State;

namespace WsBalancer.Proxy.Fleet;

/// <summary>
/// Applies the nodes that membership sources name: a named node joins, and a node that is no longer named is unhealthy
/// at once, and removed after <see cref="RegistrationOptions.RemoveAfter"/>. The configuration and operators take
/// precedence. Not thread-safe.
/// </summary>
internal sealed class Registrations(
    IEnumerable<IMembershipSource> sources, StateStore state, FleetRegistry fleet, FleetEvents news, TimeProvider time)
{
    // Without a source nothing is known: nodes that registered themselves before must not count as lost.
    private readonly IMembershipSource[] _sources = [.. sources.Where(source => source is not NoMembership)];
    private readonly Dictionary<StateKey, long> _lostAt = [];
    private readonly HashSet<string> _refused = new(StringComparer.Ordinal);

    public bool AnySource => _sources.Length > 0;

    /// <summary>
    /// Updates the fleet to the nodes that the sources name now. Changes nothing while one of the sources is not
    /// available.
    /// </summary>
    public async Task TakeOverAsync(CancellationToken cancellation)
    {
        if (_sources.Select(source => source.Nodes).ToArray() is var answers && Array.TrueForAll(answers, HasAnswer))
        {
            var named = answers.SelectMany(nodes => nodes!)
                .ToLookup(node => node.Cluster, StringComparer.OrdinalIgnoreCase);
            var clusters = fleet.Clusters.ToDictionary(
                cluster => cluster,
                cluster => named[cluster.Id].DistinctBy(node => node.Id, StringComparer.Ordinal)
                    .ToDictionary(node => node.Id, StringComparer.Ordinal));

            // All clusters are marked before the writes, which may fail.
            foreach (var (cluster, nodes) in clusters)
            {
                Mark(cluster, nodes);
            }

            foreach (var (cluster, nodes) in clusters)
            {
                await WriteAsync(cluster, nodes, cancellation);
            }
        }
        else
        {
            // A node that is missing later may have registered in between, so its time until removal starts again.
            _lostAt.Clear();
        }
    }

    private static bool HasAnswer(IReadOnlyList<NamedNode>? nodes) => nodes is not null;

    private static StateKey Key(FleetCluster cluster, string node) => StateKey.Of(cluster.Id, StateKind.Member, node);

    private static MemberValue ValueOf(NamedNode node) => new(MemberOrigin.Registered, node.Address, node.Weight);

    private async Task WriteAsync(
        FleetCluster cluster, Dictionary<string, NamedNode> named, CancellationToken cancellation)
    {
        var changes = Joining(cluster, named.Values)
            .Select(node => new StateChange(Key(cluster, node.Id), ValueOf(node)))
            .Concat(Expired(cluster, named)).ToArray();
        if (changes.Length > 0)
        {
            await state.WriteAsync(changes, cancellation);
            Mark(cluster, named);
        }
    }

    private void Mark(FleetCluster cluster, Dictionary<string, NamedNode> named)
    {
        foreach (var node in cluster.Current.Nodes)
        {
            var isLost = node.Source == NodeSource.Registered && !named.ContainsKey(node.Id);
            fleet.SetRegistration(cluster, node.Node, isLost, named.GetValueOrDefault(node.Id)?.IsDraining ?? false);
        }
    }

    // Configured nodes get a record too: they stay when the configuration drops them, while they renew their
    // registration.
    private NamedNode[] Joining(FleetCluster cluster, IEnumerable<NamedNode> named)
    {
        var members = new Dictionary<string, Member>(cluster.Current.Composition.Members, StringComparer.Ordinal);
        var joining = named.Where(node => IsNews(cluster, node)).ToArray();

        // All at once, if possible: two nodes that exchange their addresses only fit together.
        if (joining.Length > 0 && MistakeIn(cluster, members, joining) is not null)
        {
            joining = [.. joining.Where(node => !IsRefused(cluster, members, node))];
        }

        return joining;
    }

    private bool IsNews(FleetCluster cluster, NamedNode node) => state.Find(Key(cluster, node.Id)) switch
    {
        MemberValue { Origin: MemberOrigin.Added } => false,
        var value => !Equals(value, ValueOf(node)),
    };

    // The ring does not change for a node that does not fit; the refusal is reported once for each version of the
    // registration.
    private bool IsRefused(FleetCluster cluster, Dictionary<string, Member> members, NamedNode node)
    {
        var mistake = MistakeIn(cluster, members, node);
        if (mistake is not null && _refused.Add($"{cluster.Id} {node}"))
        {
            news.RegistrationRefused(cluster, node.Id, mistake);
        }

        return mistake is not null;
    }

    /// <summary>
    /// The mistake in members and nodes together; without one null, and the nodes are added to the members.
    /// </summary>
    private static string? MistakeIn(
        FleetCluster cluster, Dictionary<string, Member> members, params ReadOnlySpan<NamedNode> nodes)
    {
        var composition = cluster.Current.Composition;
        var with = new Dictionary<string, Member>(members, StringComparer.Ordinal);
        foreach (var node in nodes)
        {
            if (MistakeIn(composition.Sources.Keys.Concat(with.Keys), node) is { } mistake)
            {
                return mistake;
            }

            // A configured node of this id takes precedence, and a removed node does not get into the ring.
            if (!composition.IsHidden(node.Id) && with.GetValueOrDefault(node.Id)?.Source != NodeSource.Configured)
            {
                with[node.Id] = Member.Of(node.Id, node.Address, node.Weight, null, NodeSource.Registered);
            }
        }

        var settings = cluster.Current.Settings.Get<RingSettings>();
        if (ClusterRing.MistakesIn(cluster.Id, with.Values, settings, composition.Blend).FirstOrDefault() is { } wrong)
        {
            return wrong;
        }

        foreach (var (id, member) in with)
        {
            members[id] = member;
        }

        return null;
    }

    private static string? MistakeIn(IEnumerable<string> others, NamedNode node)
    {
        var other = others.FirstOrDefault(id =>
            id != node.Id && string.Equals(id, node.Id, StringComparison.OrdinalIgnoreCase));
        return node switch
        {
            _ when other is not null => $"its id '{node.Id}' differs from that of node '{other}' only in case.",
            _ when !NodeBounds.IsId(node.Id) => $"its id is '{node.Id}': expected {NodeBounds.ExpectedId}.",
            _ when !NodeBounds.IsAddress(node.Address) =>
                $"its address is '{node.Address}': expected {NodeBounds.ExpectedAddress}.",
            _ when !NodeBounds.IsWeight(node.Weight) =>
                $"its weight is {node.Weight}: expected {NodeBounds.ExpectedWeight}.",
            _ => null,
        };
    }

    private IEnumerable<StateChange> Expired(FleetCluster cluster, Dictionary<string, NamedNode> named)
    {
        var removeAfter = cluster.Current.Settings.Get<RegistrationOptions>().RemoveAfter;
        foreach (var record in state.Of(cluster.Id))
        {
            if (record.Value is not MemberValue { Origin: MemberOrigin.Registered }
                || named.ContainsKey(record.Key.Node))
            {
                _lostAt.Remove(record.Key);
            }
            else if (!_lostAt.TryAdd(record.Key, time.GetTimestamp())
                && time.GetElapsedTime(_lostAt[record.Key]) > removeAfter)
            {
                _lostAt.Remove(record.Key);
                yield return new StateChange(record.Key, null);
            }
        }
    }
}
