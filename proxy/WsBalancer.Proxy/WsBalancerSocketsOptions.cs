namespace WsBalancer.Proxy;

/// <summary>
/// How the application runs on the event loops of <c>UseWsBalancerSockets</c>. The loops themselves are configured in
/// <c>WsBalancer:Sockets</c>.
/// </summary>
public sealed class WsBalancerSocketsOptions
{
    /// <summary>
    /// Runs the application on the thread of the connection's event loop instead of the thread pool. Default:
    /// <see langword="false"/>.
    /// </summary>
    /// <remarks>
    /// Saves two changes of thread for each request, and is for a host that only balances. The connections of a loop
    /// share its thread: middleware that blocks it, or calculates for long, delays all of them, tunnels included. Only
    /// the author of an application can know that it has no such middleware.
    /// </remarks>
    public bool PreferInlineScheduling { get; set; }
}
