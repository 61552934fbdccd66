using Microsoft.Extensions.Logging;
using WsBalancer.Proxy.State;
using Yarp.ReverseProxy.Model;

namespace WsBalancer.Proxy.Fleet;

/// <summary>
/// Composes clusters of YARP's nodes and the runtime changes in the store, and tells the store what became of those.
/// </summary>
internal sealed class Composer(StateStore state, ILogger<FleetRegistry> logger)
{
    /// <summary>What a cluster is to have.</summary>
    /// <param name="cluster">YARP's side of it.</param>
    /// <param name="ring">The ring that is configured.</param>
    /// <param name="before">What it has; null if it is new.</param>
    /// <param name="mistake">Why that stays but for drains; null if it does not have to.</param>
    /// <returns>Null if it is new, and its nodes do not fit its settings.</returns>
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

    /// <summary>Notes how runtime changes stand now, and takes back those that have lapsed.</summary>
    public void Settle(Composition composition)
    {
        foreach (var (record, standing) in composition.Standings)
        {
            state.Stand(record, standing);
        }

        if (composition.Lapsed.Count > 0)
        {
            _ = TakeBackAsync(composition.Lapsed);
        }
    }

    // At the start there is nothing yet that could stay. Whatever fits is in force: to begin without any drain or
    // removal would send users where an operator does not want them.
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

    // All destinations at one moment: the dictionary behind them is changed one by one.
    private Composition Of(ClusterState cluster, RingSettings ring, IReadOnlyList<StateRecord> records) =>
        Composition.Of(
            cluster.DestinationsState.AllDestinations.Select(Member.Of), ring.Algorithm, records, state.StandingOf);

    private static string? MistakeIn(ClusterState cluster, RingSettings ring, Composition composition) =>
        ClusterRing.MistakesIn(cluster.ClusterId, [.. composition.Members.Values], ring, composition.Blend)
            .FirstOrDefault();

    // Not from here: whoever makes a change waits until the fleet has taken it over.
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
            // What has lapsed does not hold; only the record stays, and is tried again with the next change.
            FleetLog.TakingBackFailed(logger, cluster, ex);
        }
    }
}
