using System.ComponentModel.DataAnnotations;

namespace WsBalancer.Proxy.Placement;

/// <summary>How plain requests are forwarded. Bound from <c>WsBalancer:Clusters:C:Requests</c>.</summary>
internal sealed record RequestOptions
{
    /// <summary>
    /// How long a request may be without a byte in either direction, from the end of its head on; null for ever.
    /// Default: 1 h.
    /// </summary>
    // A long poll and a stream of events are silent until an event occurs. An hour only ends requests that both sides
    // have abandoned. YARP's HttpRequest:ActivityTimeout of the cluster has precedence.
    [Range(typeof(TimeSpan), "00:00:01", "24.00:00:00")]
    public TimeSpan? IdleTimeout { get; init; } = TimeSpan.FromHours(1);

    /// <summary>
    /// How long a client may send nothing of a body that it has announced; null for ever. Default: 60 s.
    /// </summary>
    // A gap, not a rate: a slow client is served, one that has stopped is timed out. As nginx's client_body_timeout.
    [Range(typeof(TimeSpan), "00:00:01", "1.00:00:00")]
    public TimeSpan? BodyTimeout { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>How many connections to a node wait for their next request. Default: 64; 0 keeps none.</summary>
    [Range(0, 100_000)]
    public int IdleConnections { get; init; } = 64;

    /// <summary>How long a connection to a node waits for its next request. Default: 30 s.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "1.00:00:00")]
    public TimeSpan IdleConnectionTimeout { get; init; } = TimeSpan.FromSeconds(30);
}
