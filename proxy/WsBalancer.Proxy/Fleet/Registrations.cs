using WsBalancer.Proxy.State;

namespace WsBalancer.Proxy.Fleet;

/// <summary>
/// Takes over what membership sources name: a node that is named joins, one that is no longer named is unhealthy at
/// once, and removed after a while. The configuration goes before them, and so does an operator. Not thread-safe.
/// </summary>
internal sealed class Registrations(
    IEnumerable<IMembershipSource> sources, StateStore state, FleetRegistry fleet, FleetNews news, TimeProvider time)
{
    private readonly IMembershipSource[] _sources = [.. sources];
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
            foreach (var cluster in fleet.Clusters.ToArray())
            {
                var nodes = named[cluster.Id].DistinctBy(node => node.Id, StringComparer.Ordinal)
                    .ToDictionary(node => node.Id, StringComparer.Ordinal);
                await TakeOverAsync(cluster, nodes, cancellation);
            }
        }
    }

    private static bool HasAnswer(IReadOnlyList<NamedNode>? nodes) => nodes is not null;

    private async Task TakeOverAsync(
        FleetCluster cluster, Dictionary<string, NamedNode> named, CancellationToken cancellation)
    {
        var changes = named.Values.Select(node => JoinOf(cluster, node)).OfType<StateChange>()
            .Concat(Expired(cluster, named)).ToArray();
        if (changes.Length > 0)
        {
            await state.WriteAsync(changes, cancellation);
        }

        foreach (var node in cluster.Current.Nodes)
        {
            var isLost = node.Source == NodeSource.Registered && !named.ContainsKey(node.Id);
            fleet.SetRegistration(cluster, node, isLost, named.GetValueOrDefault(node.Id)?.IsDraining ?? false);
        }
    }

    // Null if it is there already as it says.
    private StateChange? JoinOf(FleetCluster cluster, NamedNode node)
    {
        var key = StateKey.Of(cluster.Id, StateKind.Member, node.Id);
        var isOthers = cluster.Current.Composition.Sources.GetValueOrDefault(node.Id)?.Source == NodeSource.Configured
            || state.Find(key) is MemberValue { Origin: MemberOrigin.Added };
        var value = new MemberValue(MemberOrigin.Registered, node.Address, node.Weight);
        return isOthers || Equals(state.Find(key), value) || IsRefused(cluster, node)
            ? null
            : new StateChange(key, value);
    }

    // A ring that cannot take a node stays as it is; that is said once for each version of the node.
    private bool IsRefused(FleetCluster cluster, NamedNode node)
    {
        var members = cluster.Current.Composition.Members.Values.Where(member => member.Id != node.Id)
            .Append(Member.Of(node.Id, node.Address, node.Weight, null, NodeSource.Registered)).ToArray();
        var mistake = ClusterRing.MistakesIn(
            cluster.Id,
            members,
            cluster.Current.Settings.Get<RingSettings>(),
            cluster.Current.Composition.Blend).FirstOrDefault();
        if (mistake is not null && _refused.Add($"{cluster.Id} {node}"))
        {
            news.RegistrationRefused(cluster, node.Id, mistake);
        }

        return mistake is not null;
    }

    private IEnumerable<StateChange> Expired(FleetCluster cluster, Dictionary<string, NamedNode> named)
    {
        var removeAfter = cluster.Current.Settings.Get<RegistrationOptions>().RemoveAfter;
        foreach (var (id, source) in cluster.Current.Composition.Sources)
        {
            var key = StateKey.Of(cluster.Id, StateKind.Member, id);
            if (source.Source != NodeSource.Registered || named.ContainsKey(id))
            {
                _lostAt.Remove(key);
            }
            else if (_lostAt.TryAdd(key, time.GetTimestamp()) is false
                && time.GetElapsedTime(_lostAt[key]) > removeAfter)
            {
                _lostAt.Remove(key);
                yield return new StateChange(key, null);
            }
        }
    }
}
