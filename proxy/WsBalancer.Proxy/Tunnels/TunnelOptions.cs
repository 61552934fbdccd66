using System.ComponentModel.DataAnnotations;

namespace WsBalancer.Proxy.Tunnels;

/// <summary>How the tunnels of a cluster live and end. Bound from <c>WsBalancer:Clusters:C:Tunnels</c>.</summary>
internal sealed record TunnelOptions
{
    /// <summary>Ends a tunnel whose client has sent nothing for so long. Default: off.</summary>
    // Off, because a surprise kill is what users hate most in proxies; a Ping counts as life, so 2 × the ping
    // interval of the clients is a good value for those who want one.
    [Range(typeof(TimeSpan), "00:00:01", "30.00:00:00")]
    public TimeSpan? IdleClient { get; init; }

    /// <summary>Ends a tunnel whose node has sent nothing for so long. Default: off.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "30.00:00:00")]
    public TimeSpan? IdleNode { get; init; }

    /// <summary>Ends a tunnel that is so old. Default: off.</summary>
    // Off, because it is a kill too; for fleets that want every user to come anew, with fresh tokens, every so often.
    [Range(typeof(TimeSpan), "00:00:10", "365.00:00:00")]
    public TimeSpan? MaxLifetime { get; init; }

    /// <summary>How far, at most, a tunnel's own lifetime is from that, either way: 0…0.5. Default: 0.1.</summary>
    // Tunnels that were opened together, after a restart, would else end together every time.
    [Range(0.0, 0.5)]
    public double LifetimeJitter { get; init; } = 0.1;

    /// <summary>How long a client has to answer a Close frame before its tunnel is cut. Default: 5 s.</summary>
    // SignalR's and ws-node's own close timeout; a phone on a slow network answers within two.
    [Range(typeof(TimeSpan), "00:00:00.1", "00:05:00")]
    public TimeSpan CloseTimeout { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>
    /// Ends a tunnel one of whose peers takes nothing of what it is sent for so long. Default: 60 s; <c>off</c> waits
    /// without a limit.
    /// </summary>
    // The send_timeout of nginx. A peer that reads slowly makes progress, and one that has disconnected without a
    // packet is found by TCP; only one that is connected and does not read at all is ended.
    [Range(typeof(TimeSpan), "00:00:01", "01:00:00")]
    public TimeSpan? SendTimeout { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>
    /// Silence after which TCP probes the peer on both legs. Default: 60 s; <c>off</c> leaves it to the peers.
    /// </summary>
    // The kernel's own default of two hours keeps half-open sockets for an evening.
    [Range(typeof(TimeSpan), "00:00:01", "02:00:00")]
    public TimeSpan? KeepAlive { get; init; } = TimeSpan.FromSeconds(60);
}
