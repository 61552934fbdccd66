using System.Diagnostics;

namespace WsBalancer.Proxy.Placement;

/// <summary>
/// The settings of a client that only the platform's client supports. Settings of TLS are not included, since
/// connections of the balancer's own client have them, too.
/// </summary>
internal sealed record HandlerSettings
{
    private HandlerSettings(SocketsHttpHandler handler)
    {
        ConnectTimeout = handler.ConnectTimeout;
        PooledConnectionLifetime = handler.PooledConnectionLifetime;
        Propagator = handler.ActivityHeadersPropagator;
        Others =
            (
                (handler.ConnectCallback, handler.PlaintextStreamFilter),
                (handler.UseProxy, handler.Proxy, handler.DefaultProxyCredentials),
                (handler.Credentials, handler.PreAuthenticate, handler.UseCookies),
                (handler.AllowAutoRedirect, handler.MaxAutomaticRedirections, handler.AutomaticDecompression),
                (handler.MaxConnectionsPerServer, handler.PooledConnectionIdleTimeout),
                (handler.Expect100ContinueTimeout, handler.MeterFactory),
                (handler.MaxResponseHeadersLength, handler.MaxResponseDrainSize, handler.ResponseDrainTimeout),
                (handler.RequestHeaderEncodingSelector, handler.ResponseHeaderEncodingSelector)
            );
    }

    public TimeSpan ConnectTimeout { get; }

    public TimeSpan PooledConnectionLifetime { get; }

    public DistributedContextPropagator? Propagator { get; }

    /// <summary>All other settings, for comparisons.</summary>
    public object Others { get; }

    public static HandlerSettings Of(SocketsHttpHandler handler) => new(handler);
}
