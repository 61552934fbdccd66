using System.ComponentModel.DataAnnotations;

namespace WsBalancer.Proxy.Health;

/// <summary>How the health of a cluster's nodes is told. Bound from <c>WsBalancer:Clusters:C:Health</c>.</summary>
internal sealed record HealthOptions
{
    /// <summary>What a probe does. Default: <c>auto</c>.</summary>
    public ProbeKind Probe { get; init; } = ProbeKind.Auto;

    /// <summary>
    /// Between two probes of a node, ± 10 %. Default: 2 s, or YARP's <c>HealthCheck:Active:Interval</c>.
    /// </summary>
    // HAProxy's default; with a fall of 3 a dead node is out within 6 s even if nobody connects to it.
    [Range(typeof(TimeSpan), "00:00:00.1", "01:00:00")]
    public TimeSpan? Interval { get; init; }

    /// <summary>How long a probe may take. Default: 1 s, or YARP's <c>HealthCheck:Active:Timeout</c>.</summary>
    [Range(typeof(TimeSpan), "00:00:00.05", "00:10:00")]
    public TimeSpan? Timeout { get; init; }

    /// <summary>Failed probes in a row that make a node unhealthy. Default: 3.</summary>
    [Range(1, 1_000)]
    public int Fall { get; init; } = 3;

    /// <summary>Successful probes in a row that make an unhealthy node healthy again. Default: 2.</summary>
    // More than one, so that a flapping node does not get its users back for a moment.
    [Range(1, 1_000)]
    public int Rise { get; init; } = 2;

    /// <summary>Failed connects in a row, of users, that make a node unhealthy. Default: 3.</summary>
    [Range(1, 1_000)]
    public int ConnectFailures { get; init; } = 3;

    /// <summary>
    /// Handshakes in a row that a node takes and does not answer, which make it unhealthy. Default: 3; <c>off</c> for
    /// never.
    /// </summary>
    // Not 1: a login that takes too long is one user's. An answer of any kind, however late, begins a new row.
    [Range(1, 1_000)]
    public int? SilentHandshakes { get; init; } = 3;

    /// <summary>
    /// How long such a node gets no handshake; then a single one is a trial, whose answer makes it healthy. Twice as
    /// long after each trial without an answer, up to 32 times. Default: 10 s.
    /// </summary>
    [Range(typeof(TimeSpan), "00:00:00.1", "01:00:00")]
    public TimeSpan TrialAfter { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>
    /// The part of a cluster's nodes, rounded up, that may be unhealthy for their silence at the same time; never all
    /// of them. Default: 0.5.
    /// </summary>
    // Silence of many has a cause that they share. The nodes that are left would get the load of all, and more than
    // twice their own is likely to silence them too.
    [Range(0.0, 1.0)]
    public double MaxSilent { get; init; } = 0.5;

    /// <summary>What becomes of the open tunnels of a node that becomes unhealthy. Default: <c>Keep</c>.</summary>
    public OnUnhealthy OnUnhealthy { get; init; } = OnUnhealthy.Keep;
}

/// <summary>What a probe does.</summary>
internal enum ProbeKind
{
    /// <summary><see cref="Http"/> if YARP's <c>HealthCheck:Active:Path</c> is set, else <see cref="Tcp"/>.</summary>
    Auto,

    /// <summary>Connects, and disconnects.</summary>
    Tcp,

    /// <summary>GETs YARP's <c>HealthCheck:Active:Path</c>, and wants a 2xx.</summary>
    Http,
}

/// <summary>What becomes of the open tunnels of a node that becomes unhealthy.</summary>
internal enum OnUnhealthy
{
    /// <summary>They stay: a sick node often still serves those it has.</summary>
    Keep,

    /// <summary>They are closed, at the pace of a drain.</summary>
    Close,
}
