using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace WsBalancer.Proxy.Tunnels;

/// <summary>
/// Stands in for the server's upgrade features, so that the stream that YARP copies through is ours. Serves
/// HTTP/1.1 (Upgrade) and HTTP/2 (extended CONNECT, RFC 8441) alike.
/// </summary>
/// <param name="http1">The server's own feature, or null.</param>
/// <param name="http2">The server's own feature, or null.</param>
/// <param name="accepting">Called before the upgrade is answered.</param>
/// <param name="accepted">Called with the client's stream once the upgrade is answered; gives the stream to
/// use.</param>
internal sealed class TunnelUpgrade(
    IHttpUpgradeFeature? http1, IHttpExtendedConnectFeature? http2, Action accepting, Func<Stream, Stream> accepted)
    : IHttpUpgradeFeature, IHttpExtendedConnectFeature
{
    public bool IsUpgradableRequest => http1?.IsUpgradableRequest ?? false;

    public bool IsExtendedConnect => http2?.IsExtendedConnect ?? false;

    public string? Protocol => http2?.Protocol;

    public async Task<Stream> UpgradeAsync()
    {
        accepting();
        return accepted(await http1!.UpgradeAsync());
    }

    public async ValueTask<Stream> AcceptAsync()
    {
        accepting();
        return accepted(await http2!.AcceptAsync());
    }

    /// <summary>Takes the server's features away, so that a request that asks for no WebSocket gets none.</summary>
    public static void Remove(HttpContext context)
    {
        context.Features.Set<IHttpUpgradeFeature>(null);
        context.Features.Set<IHttpExtendedConnectFeature>(null);
    }

    /// <summary>Puts this in the place of the server's features of a request.</summary>
    public static void Install(HttpContext context, Action accepting, Func<Stream, Stream> accepted)
    {
        var features = context.Features;
        var upgrade = new TunnelUpgrade(
            features.Get<IHttpUpgradeFeature>(), features.Get<IHttpExtendedConnectFeature>(), accepting, accepted);
        features.Set<IHttpUpgradeFeature>(upgrade);
        features.Set<IHttpExtendedConnectFeature>(upgrade);
    }
}
