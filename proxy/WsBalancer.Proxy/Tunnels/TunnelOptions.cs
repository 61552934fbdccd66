using System.ComponentModel.DataAnnotations;

namespace WsBalancer.Proxy.Tunnels;

/// <summary>The time limits of a cluster's tunnels. Bound from <c>WsBalancer:Clusters:C:Tunnels</c>.</summary>
internal sealed record TunnelOptions
{
    /// <summary>Ends a tunnel whose client has sent nothing for this time. Default: off.</summary>
    // Off, because users of proxies complain most about unexpected disconnects. A Ping frame counts as traffic, so
    // 2 × the ping interval of the clients is a good value.
    [Range(typeof(TimeSpan), "00:00:01", "30.00:00:00")]
    public TimeSpan? IdleClient { get; init; }

    /// <summary>Ends a tunnel whose node has sent nothing for this time. Default: off.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "30.00:00:00")]
    public TimeSpan? IdleNode { get; init; }

    /// <summary>Ends a tunnel of this age. Default: off.</summary>
    // Off, because this disconnects users too. For fleets whose users must reconnect at times, with fresh tokens.
    [Range(typeof(TimeSpan), "00:00:10", "365.00:00:00")]
    public TimeSpan? MaxLifetime { get; init; }

    /// <summary>The largest deviation of a tunnel's own lifetime from <see cref="MaxLifetime"/>, up or down, as a
    /// fraction of it: 0…0.5. Default: 0.1.</summary>
    // Otherwise tunnels that were opened together, after a restart, would end together every time.
    [Range(0.0, 0.5)]
    public double LifetimeJitter { get; init; } = 0.1;

    /// <summary>How long a client has to answer a Close frame before its tunnel is aborted. Default: 5 s.</summary>
    // The close timeout of SignalR and of ws-node. A phone on a slow network answers within 2 s.
    [Range(typeof(TimeSpan), "00:00:00.1", "00:05:00")]
    public TimeSpan CloseTimeout { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>
    /// Ends a tunnel if one of its peers has taken no bytes for this time, although bytes are waiting. Default: 60 s;
    /// <c>off</c> waits without a limit.
    /// </summary>
    // The send_timeout of nginx. A peer that reads slowly makes progress, and one that has disconnected without a
    // packet is found by TCP; only one that is connected and does not read at all is ended.
    [Range(typeof(TimeSpan), "00:00:01", "01:00:00")]
    public TimeSpan? SendTimeout { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>
    /// The idle time after which TCP probes the peer, on both legs. Default: 60 s; <c>off</c> leaves probes to the
    /// peers.
    /// </summary>
    // The kernel's default of two hours keeps half-open sockets for too long.
    [Range(typeof(TimeSpan), "00:00:01", "02:00:00")]
    public TimeSpan? KeepAlive { get; init; } = TimeSpan.FromSeconds(60);
}
