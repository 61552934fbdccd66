using Microsoft.Extensions.Logging;
using WsBalancer.Proxy.State;
using Yarp.ReverseProxy.Model;

namespace WsBalancer.Proxy.Fleet;

/// <summary>
/// Composes clusters from YARP's destinations and the overrides in the store, and writes the status of each override to
/// the store.
/// </summary>
internal sealed class Composer(StateStore state, ILogger<FleetRegistry> logger)
{
    /// <summary>The nodes that a cluster should have.</summary>
    /// <param name="cluster">YARP's state of the cluster.</param>
    /// <param name="ring">The configured ring.</param>
    /// <param name="before">The current snapshot; null for a new cluster.</param>
    /// <param name="mistake">The reason why the current nodes are kept and only drains change; otherwise null.</param>
    /// <returns>Null for a new cluster whose nodes do not fit its settings.</returns>
    public Composition? Compose(ClusterState cluster, RingSettings ring, FleetSnapshot? before, out string? mistake)
    {
        var records = state.Of(cluster.ClusterId);
        var composition = Of(cluster, ring, records);
        mistake = MistakeIn(cluster, ring, composition);
        if (mistake is null)
        {
            return composition;
        }

        if (before is null && MistakeIn(cluster, ring, Of(cluster, ring, [])) is null)
        {
            mistake = null;
            return WithoutMisfits(cluster, ring, records);
        }

        FleetLog.RingKept(logger, cluster.ClusterId, mistake);
        return before?.Composition.WithDrainsOf(composition);
    }

    /// <summary>
    /// Stores the changed status of overrides, and takes back the records in <see cref="Composition.Lapsed"/>.
    /// </summary>
    public void StoreStatuses(Composition composition)
    {
        foreach (var (record, status) in composition.Statuses)
        {
            state.SetStatus(record, status);
        }

        if (composition.Lapsed.Count > 0)
        {
            _ = TakeBackAsync(composition.Lapsed);
        }
    }

    // A new cluster has no current nodes to keep. Every override that fits takes effect: a start without any drain or
    // removal would place users where an operator does not want them.
    private Composition WithoutMisfits(ClusterState cluster, RingSettings ring, IReadOnlyList<StateRecord> records)
    {
        var composition = Of(cluster, ring, []);
        var fitting = new List<StateRecord>();
        foreach (var record in records.OrderBy(record => record.Value is BlendValue).ThenBy(record => record.Version))
        {
            var with = Of(cluster, ring, [.. fitting, record]);
            if (MistakeIn(cluster, ring, with) is { } mistake)
            {
                var (id, kind, node) = record.Key;
                FleetLog.LeftOut(logger, id, $"{kind}".ToLowerInvariant(), node, mistake);
            }
            else
            {
                fitting.Add(record);
                composition = with;
            }
        }

        return composition;
    }

    // AllDestinations is a consistent list; YARP changes the dictionary of destinations entry by entry.
    private Composition Of(ClusterState cluster, RingSettings ring, IReadOnlyList<StateRecord> records) =>
        Composition.Of(
            cluster.DestinationsState.AllDestinations.Select(Member.Of), ring.Algorithm, records, state.StatusOf);

    private static string? MistakeIn(ClusterState cluster, RingSettings ring, Composition composition) =>
        ClusterRing.MistakesIn(cluster.ClusterId, [.. composition.Members.Values], ring, composition.Blend)
            .FirstOrDefault();

    // Yield first: this may run inside StateStore.Changed, and the store accepts no other change before that returns.
    private async Task TakeBackAsync(IReadOnlyList<StateRecord> lapsed)
    {
        var cluster = lapsed[0].Key.Cluster;
        try
        {
            await Task.CompletedTask.ConfigureAwait(ConfigureAwaitOptions.ForceYielding);
            await state.TakeBackAsync(lapsed, CancellationToken.None);
        }
        catch (Exception ex) when (ex is not OutOfMemoryException)
        {
            // The override is no longer in effect; only its record remains, and the next change retries this.
            FleetLog.TakingBackFailed(logger, cluster, ex);
        }
    }
}
