using WsBalancer.Proxy.Admin.Clusters;
using WsBalancer.Proxy.State;

namespace WsBalancer.Proxy.Admin.Status;

/// <summary>The balancer and all that it depends on, as the API shows it.</summary>
/// <param name="Id">The id of the balancer in its fleet.</param>
/// <param name="Version">The version of the program.</param>
/// <param name="StartedAt">The time at which the balancer started.</param>
/// <param name="Ready">Whether <c>/readyz</c> answers 200.</param>
/// <param name="State"><c>starting</c>, <c>ready</c> or <c>stopping</c>.</param>
/// <param name="Refusing">Why users are refused, or were within the last minute; empty if they are not.</param>
/// <param name="Warnings">Problems that an operator should examine while users are served.</param>
/// <param name="Clusters">The clusters that the ring places.</param>
/// <param name="Redis">The Redis through which the balancer shares its state; null without one.</param>
/// <param name="Peers">The other balancers; null while they are not known, because Redis cannot be used.</param>
/// <param name="Descriptors">The file descriptors of the process; null where they are not counted.</param>
/// <param name="Certificates">The certificates that the balancer serves.</param>
/// <param name="Reload">The last reload of the configuration; null before the first, and in an application.</param>
internal sealed record StatusView(
    string Id,
    string Version,
    DateTimeOffset StartedAt,
    bool Ready,
    string State,
    IReadOnlyList<string> Refusing,
    IReadOnlyList<string> Warnings,
    IReadOnlyList<ClusterStatusView> Clusters,
    RedisView? Redis,
    IReadOnlyList<PeerView>? Peers,
    DescriptorsView? Descriptors,
    IReadOnlyList<CertificateView> Certificates,
    LastReloadView? Reload);

/// <summary>A cluster, with the failures of the last minute.</summary>
/// <param name="Id">The cluster.</param>
/// <param name="Available">The number of nodes on which new users may be placed.</param>
/// <param name="MinAvailableNodes">The number of available nodes that <c>/readyz</c> requires.</param>
/// <param name="Rejected">Requests that the balancer rejected within the last minute, by reason.</param>
/// <param name="AttemptsFailed">Attempts of handshakes that failed at a node within the last minute.</param>
/// <param name="Disagreement">How another balancer differs; null if none does.</param>
/// <param name="Ring">The ring; null without nodes.</param>
/// <param name="Nodes">The nodes, with the leaving ones.</param>
/// <param name="Problems">The records that are set aside, since they have a mistake: those of the cluster, and those
/// whose cluster cannot be read.</param>
internal sealed record ClusterStatusView(
    string Id,
    int Available,
    int MinAvailableNodes,
    IReadOnlyDictionary<string, long> Rejected,
    long AttemptsFailed,
    string? Disagreement,
    RingView? Ring,
    IReadOnlyList<NodeView> Nodes,
    IReadOnlyList<ProblemView> Problems);

/// <summary>The Redis through which balancers share their state.</summary>
/// <param name="Address">The address, without secrets.</param>
/// <param name="Connected">Whether Redis can be used.</param>
/// <param name="Since">The time since which Redis cannot be used; null if it can.</param>
/// <param name="Why">Why Redis cannot be used; null if it can.</param>
internal sealed record RedisView(string Address, bool Connected, DateTimeOffset? Since, string? Why)
{
    /// <returns>Null if this balancer does not share.</returns>
    public static RedisView? From(RedisStatus status) => status.Where is { } where
        ? new RedisView(where, status.Absence is null, status.Absence?.Since, status.Absence?.Cause)
        : null;
}

/// <summary>Another balancer of the fleet.</summary>
/// <param name="Id">The id of the balancer.</param>
/// <param name="Tunnels">The open tunnels of the balancer.</param>
internal sealed record PeerView(string Id, long Tunnels);

/// <summary>The file descriptors of the process.</summary>
internal sealed record DescriptorsView(long Open, long Limit);

/// <summary>A certificate that is served.</summary>
/// <param name="Endpoint">The endpoint, as it is named in the configuration.</param>
/// <param name="Subject">The subject of the certificate.</param>
/// <param name="NotAfter">The time at which the certificate expires.</param>
internal sealed record CertificateView(string Endpoint, string Subject, DateTimeOffset NotAfter);
