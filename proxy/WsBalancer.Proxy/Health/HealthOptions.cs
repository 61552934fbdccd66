using System.ComponentModel.DataAnnotations;

namespace WsBalancer.Proxy.Health;

/// <summary>How the health of a cluster's nodes is found. Bound from <c>WsBalancer:Clusters:C:Health</c>.</summary>
internal sealed record HealthOptions
{
    /// <summary>The kind of the probes. Default: <c>auto</c>.</summary>
    public ProbeKind Probe { get; init; } = ProbeKind.Auto;

    /// <summary>
    /// The time between two probes of a node, ± 10 %. Default: 2 s, or YARP's <c>HealthCheck:Active:Interval</c>.
    /// </summary>
    // 2 s is HAProxy's default. With a fall of 3, a dead node is unhealthy within 6 s even if no user connects to it.
    [Range(typeof(TimeSpan), "00:00:00.1", "01:00:00")]
    public TimeSpan? Interval { get; init; }

    /// <summary>How long a probe may take. Default: 1 s, or YARP's <c>HealthCheck:Active:Timeout</c>.</summary>
    [Range(typeof(TimeSpan), "00:00:00.05", "00:10:00")]
    public TimeSpan? Timeout { get; init; }

    /// <summary>Failed probes in a row that make a node unhealthy. Default: 3.</summary>
    [Range(1, 1_000)]
    public int Fall { get; init; } = 3;

    /// <summary>Successful probes in a row that make an unhealthy node healthy again. Default: 2.</summary>
    // More than one, so that a flapping node does not receive its users for a moment.
    [Range(1, 1_000)]
    public int Rise { get; init; } = 2;

    /// <summary>Failed connects of users, in a row, that make a node unhealthy. Default: 3.</summary>
    [Range(1, 1_000)]
    public int ConnectFailures { get; init; } = 3;

    /// <summary>
    /// Handshakes in a row that make a node unhealthy because it receives and does not answer them. Default: 3;
    /// <c>off</c> disables this.
    /// </summary>
    // Not 1: a login that takes too long may concern one user only. Any answer, however late, resets the count.
    [Range(1, 1_000)]
    public int? SilentHandshakes { get; init; } = 3;

    /// <summary>
    /// How long a node that did not answer handshakes receives none. Then a single handshake is a trial, whose answer
    /// makes the node healthy. Each trial without an answer doubles the pause, up to 32 times this value. Default:
    /// 10 s.
    /// </summary>
    [Range(typeof(TimeSpan), "00:00:00.1", "01:00:00")]
    public TimeSpan TrialAfter { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>
    /// The fraction of a cluster's nodes, rounded up, that may be unhealthy for unanswered handshakes at the same time;
    /// never all of them. Default: 0.5.
    /// </summary>
    // If many nodes are silent, the cause is common to them. The remaining nodes would receive the load of all, and
    // more than twice their own load is likely to silence them too.
    [Range(0.0, 1.0)]
    public double MaxSilent { get; init; } = 0.5;

    /// <summary>Whether the open tunnels of a node that becomes unhealthy are closed. Default: <c>Keep</c>.</summary>
    public OnUnhealthy OnUnhealthy { get; init; } = OnUnhealthy.Keep;
}

/// <summary>The kinds of probes.</summary>
internal enum ProbeKind
{
    /// <summary><see cref="Http"/> if YARP's <c>HealthCheck:Active:Path</c> is set, else <see cref="Tcp"/>.</summary>
    Auto,

    /// <summary>A TCP connect; the connection is reset after it.</summary>
    Tcp,

    /// <summary>A GET of YARP's <c>HealthCheck:Active:Path</c>, which must have a response of 2xx.</summary>
    Http,
}

/// <summary>Whether the open tunnels of a node that becomes unhealthy are closed.</summary>
internal enum OnUnhealthy
{
    /// <summary>The tunnels stay open: an unhealthy node often still serves them.</summary>
    Keep,

    /// <summary>The tunnels are closed at the rate of a drain.</summary>
    Close,
}
