using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace WsBalancer.Proxy.Tunnels;

/// <summary>
/// Replaces the server's upgrade features of a handshake, so that YARP copies through a stream of the balancer. For
/// HTTP/1.1 (Upgrade) and HTTP/2 (extended CONNECT, RFC 8441).
/// </summary>
/// <param name="http1">The server's own feature, or null.</param>
/// <param name="http2">The server's own feature, or null.</param>
/// <param name="accepting">Called before the upgrade is answered.</param>
/// <param name="accepted">Called with the client's stream after the upgrade is answered; returns the stream that YARP
/// uses.</param>
internal sealed class TunnelUpgrade(
    IHttpUpgradeFeature? http1, IHttpExtendedConnectFeature? http2, Action accepting, Func<Stream, Stream> accepted)
    : IHttpUpgradeFeature, IHttpExtendedConnectFeature
{
    public bool IsUpgradableRequest => http1?.IsUpgradableRequest ?? false;

    public bool IsExtendedConnect => http2?.IsExtendedConnect ?? false;

    public string? Protocol => http2?.Protocol;

    public async Task<Stream> UpgradeAsync()
    {
        var upgrade = http1 ?? throw new InvalidOperationException("The request is no upgrade of HTTP/1.1.");
        accepting();
        return accepted(await upgrade.UpgradeAsync());
    }

    public async ValueTask<Stream> AcceptAsync()
    {
        var connect = http2 ?? throw new InvalidOperationException("The request is no extended CONNECT.");
        accepting();
        return accepted(await connect.AcceptAsync());
    }

    /// <summary>Removes the server's features, so that a request that is no handshake is not upgraded.</summary>
    public static void Remove(HttpContext context)
    {
        context.Features.Set<IHttpUpgradeFeature>(null);
        context.Features.Set<IHttpExtendedConnectFeature>(null);
    }

    /// <summary>Replaces the server's features of a request by a <see cref="TunnelUpgrade"/>.</summary>
    public static void Install(HttpContext context, Action accepting, Func<Stream, Stream> accepted)
    {
        var features = context.Features;
        var upgrade = new TunnelUpgrade(
            features.Get<IHttpUpgradeFeature>(), features.Get<IHttpExtendedConnectFeature>(), accepting, accepted);
        features.Set<IHttpUpgradeFeature>(upgrade);
        features.Set<IHttpExtendedConnectFeature>(upgrade);
    }
}
