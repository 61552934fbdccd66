namespace WsBalancer.Proxy;

/// <summary>
/// How the application runs on the event loops that <c>UseWsBalancerSockets</c> lets the server listen on. What the
/// loops themselves are is in the configuration, under <c>WsBalancer:Sockets</c>.
/// </summary>
public sealed class WsBalancerSocketsOptions
{
    /// <summary>
    /// Runs the application on the thread of the connection's event loop instead of the thread pool. Default:
    /// <see langword="false"/>.
    /// </summary>
    /// <remarks>
    /// This saves two changes of thread for each request, and is for a host that only balances. The connections of a
    /// loop share its thread: middleware that blocks it, or calculates for long, keeps all of them waiting, tunnels
    /// included. That nothing in an application does so cannot be known here, so it has to be said.
    /// </remarks>
    public bool PreferInlineScheduling { get; set; }
}
