using WsBalancer.Proxy.State;

namespace WsBalancer.Proxy.Fleet;

/// <summary>
/// Takes over what membership sources name: a node that is named joins, one that is no longer named is unhealthy at
/// once, and removed after a while. The configuration goes before them, and so does an operator. Not thread-safe.
/// </summary>
internal sealed class Registrations(
    IEnumerable<IMembershipSource> sources, StateStore state, FleetRegistry fleet, FleetNews news, TimeProvider time)
{
    // That nobody is asked is no answer: nodes that registered themselves before are not lost by it.
    private readonly IMembershipSource[] _sources = [.. sources.Where(source => source is not NoMembership)];
    private readonly Dictionary<StateKey, long> _lostAt = [];
    private readonly HashSet<string> _refused = new(StringComparer.Ordinal);

    /// <summary>Whether there is any source to ask.</summary>
    public bool AnySource => _sources.Length > 0;

    /// <summary>
    /// Brings the fleet up to what the sources name now. Changes nothing while one of them cannot tell.
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

            // Before anything is written, which may fail.
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
            // A node that is not named later on may have been back meanwhile: it has its time from then on.
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
            fleet.SetRegistration(cluster, node, isLost, named.GetValueOrDefault(node.Id)?.IsDraining ?? false);
        }
    }

    // Those of the file are written down too: they stay when the file drops them, for as long as they register.
    private NamedNode[] Joining(FleetCluster cluster, IEnumerable<NamedNode> named)
    {
        var members = new Dictionary<string, Member>(cluster.Current.Composition.Members, StringComparer.Ordinal);
        var joining = named.Where(node => IsNews(cluster, node)).ToArray();

        // Together, if they can be: two that change places fit only so.
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

    // A ring that cannot take a node stays as it is; that is said once for each version of the node.
    private bool IsRefused(FleetCluster cluster, Dictionary<string, Member> members, NamedNode node)
    {
        var mistake = MistakeIn(cluster, members, node);
        if (mistake is not null && _refused.Add($"{cluster.Id} {node}"))
        {
            news.RegistrationRefused(cluster, node.Id, mistake);
        }

        return mistake is not null;
    }

    /// <summary>What is wrong with members and nodes together; null, and they are members, if nothing is.</summary>
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

            // The others of this id are not what the ring gets, as long as they are there.
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
            _ when !NodeForm.IsId(node.Id) => $"its id is '{node.Id}': expected {NodeForm.ExpectedId}.",
            _ when !NodeForm.IsAddress(node.Address) =>
                $"its address is '{node.Address}': expected {NodeForm.ExpectedAddress}.",
            _ when !NodeForm.IsWeight(node.Weight) =>
                $"its weight is {node.Weight}: expected {NodeForm.ExpectedWeight}.",
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
