namespace WsBalancer.Cli.Admin;

/// <summary>The answer of <c>GET /api/v1/status</c>: the balancer and all that it depends on.</summary>
/// <remarks>
/// <c>Refusing</c> has the reasons for which users are refused, or were refused within the last minute; empty if there
/// is none. <c>Peers</c> is null while Redis cannot be used.
/// </remarks>
internal sealed record StatusAnswer(
    string Id,
    string Version,
    DateTimeOffset StartedAt,
    bool Ready,
    string State,
    IReadOnlyList<string> Refusing,
    IReadOnlyList<string> Warnings,
    IReadOnlyList<ClusterStatusAnswer> Clusters,
    RedisAnswer? Redis,
    IReadOnlyList<PeerAnswer>? Peers,
    DescriptorsAnswer? Descriptors,
    IReadOnlyList<CertificateAnswer> Certificates,
    LastReloadAnswer? Reload = null);

/// <summary>The status of one cluster. <c>Rejected</c> and <c>AttemptsFailed</c> count the last minute.</summary>
internal sealed record ClusterStatusAnswer(
    string Id,
    int Available,
    IReadOnlyDictionary<string, long> Rejected,
    long AttemptsFailed,
    RingAnswer? Ring,
    IReadOnlyList<NodeAnswer> Nodes,
    IReadOnlyList<ProblemRecordAnswer> Problems);

/// <summary>The Redis through which balancers share their state.</summary>
internal sealed record RedisAnswer(string Address, bool Connected, DateTimeOffset? Since, string? Why);

/// <summary>Another balancer.</summary>
internal sealed record PeerAnswer(string Id, long Tunnels);

/// <summary>The file descriptors of the balancer.</summary>
internal sealed record DescriptorsAnswer(long Open, long Limit);

/// <summary>A certificate that the balancer serves.</summary>
internal sealed record CertificateAnswer(string Endpoint, string Subject, DateTimeOffset NotAfter);

/// <summary>The last reload of the balancer's configuration.</summary>
internal sealed record LastReloadAnswer(DateTimeOffset At, string Result);
