using WsBalancer.Proxy.Admin.Clusters;
using WsBalancer.Proxy.State;

namespace WsBalancer.Proxy.Admin.Status;

/// <summary>The balancer and all that it depends on, as the API shows it.</summary>
/// <param name="Id">The balancer among those of its fleet.</param>
/// <param name="Version">Of the program.</param>
/// <param name="StartedAt">When it started.</param>
/// <param name="Ready">As <c>/readyz</c> answers.</param>
/// <param name="State"><c>starting</c>, <c>ready</c> or <c>stopping</c>.</param>
/// <param name="Refusing">Why users are refused, or were within the last minute; empty if they are not.</param>
/// <param name="Warnings">What an operator should look at while users are served.</param>
/// <param name="Clusters">Its clusters.</param>
/// <param name="Redis">The Redis that it shares through; null without one.</param>
/// <param name="Peers">The other balancers; null while they are not known, because Redis cannot be used.</param>
/// <param name="Descriptors">Its file descriptors; null where they are not counted.</param>
/// <param name="Certificates">The certificates that it serves.</param>
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

/// <summary>A cluster, and what became of its users within the last minute.</summary>
/// <param name="Id">The cluster.</param>
/// <param name="Available">How many nodes new users may be placed on.</param>
/// <param name="MinAvailableNodes">How many <c>/readyz</c> requires.</param>
/// <param name="Rejected">Requests that the balancer rejected within the last minute, by reason.</param>
/// <param name="AttemptsFailed">Attempts of handshakes that failed at a node within the last minute.</param>
/// <param name="Disagreement">How another balancer differs; null if none does.</param>
/// <param name="Ring">Its ring; null without nodes.</param>
/// <param name="Nodes">Its nodes, the leaving ones among them.</param>
/// <param name="Problems">The records from outside that are set aside.</param>
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

/// <summary>The Redis that balancers share through.</summary>
/// <param name="Address">Where it is.</param>
/// <param name="Connected">Whether it can be used.</param>
/// <param name="Since">Since when it cannot; null if it can.</param>
/// <param name="Why">Why it cannot; null if it can.</param>
internal sealed record RedisView(string Address, bool Connected, DateTimeOffset? Since, string? Why)
{
    /// <returns>Null if this balancer does not share.</returns>
    public static RedisView? Of(SharingState sharing) => sharing.Where is { } where
        ? new RedisView(where, sharing.Absence is null, sharing.Absence?.Since, sharing.Absence?.Cause)
        : null;
}

/// <summary>Another balancer of the fleet.</summary>
/// <param name="Id">The balancer.</param>
/// <param name="Tunnels">The tunnels that it has.</param>
internal sealed record PeerView(string Id, long Tunnels);

/// <summary>The file descriptors of the process.</summary>
internal sealed record DescriptorsView(long Open, long Limit);

/// <summary>A certificate that is served.</summary>
/// <param name="Endpoint">The endpoint, as it is named in the configuration.</param>
/// <param name="Subject">Its subject.</param>
/// <param name="NotAfter">When it ends.</param>
internal sealed record CertificateView(string Endpoint, string Subject, DateTimeOffset NotAfter);
