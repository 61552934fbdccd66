using System.Runtime.CompilerServices;
using Microsoft.Extensions.Hosting;
using WsBalancer.Proxy.Fleet;
using WsBalancer.Proxy.Tunnels;

namespace WsBalancer.Proxy.Admission;

/// <summary>
/// Applies the limits of clusters to their handshakes: one gate for every cluster with limits. A cluster without limits
/// costs nothing: it has no reservations and no bound. Thread-safe.
/// </summary>
internal sealed class AdmissionControl : IHostedService
{
    private readonly ConditionalWeakTable<FleetCluster, ClusterAdmission> _gates = [];
    private readonly FleetRegistry _fleet;
    private readonly TunnelRegistry _tunnels;
    private readonly ConditionalWeakTable<FleetCluster, ClusterAdmission>.CreateValueCallback _create;

    public AdmissionControl(FleetRegistry fleet, TunnelRegistry tunnels, TimeProvider time)
    {
        _fleet = fleet;
        _tunnels = tunnels;
        _create = cluster => new ClusterAdmission(cluster, fleet, tunnels, time);
    }

    /// <summary>Admits a handshake, before a node is chosen for it.</summary>
    /// <param name="cluster">The cluster.</param>
    /// <param name="user">The user id; null without one.</param>
    /// <param name="place">The places that the handshake holds until they are disposed of; null if nothing limits the
    /// cluster.</param>
    /// <returns>The reason of the refusal; null if the handshake is admitted.</returns>
    public Rejection? Enter(FleetCluster cluster, string? user, out HandshakeReservation? place)
    {
        place = null;
        if (LimitsOf(cluster).IsOff)
        {
            return null;
        }

        var gate = GateOf(cluster);
        var refusal = gate.TryEnter(user);
        place = refusal is null ? new HandshakeReservation(gate, user) : null;
        return refusal;
    }

    /// <summary>
    /// The reason for which a handshake of the user would be refused now; null if it would be admitted.
    /// </summary>
    public Rejection? Preview(FleetCluster cluster, string user) =>
        LimitsOf(cluster).IsOff ? null : GateOf(cluster).Refusal(user);

    /// <summary>The gate that bounds the load of the cluster's nodes; null if nothing bounds it.</summary>
    public ClusterAdmission? BoundOf(FleetCluster cluster) =>
        LimitsOf(cluster).BoundedLoad is null ? null : GateOf(cluster);

    /// <summary>The gate of the cluster, created by the first call.</summary>
    public ClusterAdmission GateOf(FleetCluster cluster) => _gates.GetValue(cluster, _create);

    public Task StartAsync(CancellationToken cancellationToken)
    {
        _fleet.Reconfigured += Refresh;
        _fleet.NodeChanged += Refresh;
        _tunnels.Removed += OnTunnelEnded;
        Refresh();
        return Task.CompletedTask;
    }

    public Task StopAsync(CancellationToken cancellationToken)
    {
        _fleet.Reconfigured -= Refresh;
        _fleet.NodeChanged -= Refresh;
        _tunnels.Removed -= OnTunnelEnded;
        return Task.CompletedTask;
    }

    private static LimitOptions LimitsOf(FleetCluster cluster) => cluster.Current.Settings.Get<LimitOptions>();

    private void Refresh()
    {
        foreach (var cluster in _fleet.Clusters)
        {
            LimitedGateOf(cluster)?.Refresh();
        }
    }

    private void Refresh(FleetCluster cluster, Node changed) => LimitedGateOf(cluster)?.Refresh(changed);

    // A cluster that has a gate is included even if its limits were just removed: its nodes are no longer full.
    private ClusterAdmission? LimitedGateOf(FleetCluster cluster) =>
        _gates.TryGetValue(cluster, out var gate) ? gate : LimitsOf(cluster).IsOff ? null : GateOf(cluster);

    private void OnTunnelEnded(Tunnel tunnel)
    {
        if (_fleet.Find(tunnel.Identity.Node.Cluster) is { } cluster && _gates.TryGetValue(cluster, out var gate))
        {
            gate.OnTunnelEnded(tunnel);
        }
    }
}
