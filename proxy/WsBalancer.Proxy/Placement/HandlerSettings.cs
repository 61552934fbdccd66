using System.Diagnostics;

namespace WsBalancer.Proxy.Placement;

/// <summary>
/// The settings of a client that only the platform's client has. What is of TLS is not among them, as connections of
/// the balancer's own client have that too.
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

    /// <summary>All others, to be compared.</summary>
    public object Others { get; }

    public static HandlerSettings Of(SocketsHttpHandler handler) => new(handler);
}
