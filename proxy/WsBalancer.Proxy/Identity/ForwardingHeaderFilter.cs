using System.Net.Http.Headers;
using Yarp.ReverseProxy.Transforms;

namespace WsBalancer.Proxy.Identity;

/// <summary>
/// Removes the forwarding headers of clients, in any spelling. The headers of trusted proxies are kept.
/// </summary>
/// <param name="trusted">The peers whose headers are kept. Read for each request, so that a reload has effect.</param>
/// <param name="options">The names of the headers. Read for each request.</param>
/// <param name="keepsOwn">Whether the headers that the balancer writes are left to the transforms of the route.</param>
/// <param name="isUserKey">Whether user ids are read from a header; clients may send such a header.</param>
internal sealed class ForwardingHeaderFilter(
    Func<TrustedProxies> trusted, Func<ForwardingOptions> options, bool keepsOwn, Func<string, bool> isUserKey)
    : RequestTransform
{
    public override ValueTask ApplyAsync(RequestTransformContext context)
    {
        var peer = context.HttpContext.Connection.RemoteIpAddress;
        var isTrusted = peer is not null && trusted().Contains(peer);
        var headers = context.ProxyRequest.Headers;
        if (FindAll(headers, isTrusted) is { } claims)
        {
            foreach (var claim in claims)
            {
                headers.Remove(claim);
            }
        }

        return ValueTask.CompletedTask;
    }

    // Null if there is none, as in the requests of nearly all clients.
    private List<string>? FindAll(HttpRequestHeaders headers, bool isTrusted)
    {
        List<string>? claims = null;
        var names = options().Names;
        foreach (var (name, _) in headers.NonValidated)
        {
            if (names.Contains(name) && IsToRemove(name, isTrusted))
            {
                (claims ??= []).Add(name);
            }
        }

        return claims;
    }

    // The balancer writes its own headers in the usual spelling; any other spelling would be a second value.
    private bool IsToRemove(string name, bool isTrusted)
    {
        if (ForwardingNames.IsOwn(name) && !name.Contains('_'))
        {
            return !isTrusted && !keepsOwn;
        }

        return !isUserKey(name) && (!isTrusted || ForwardingNames.IsOwn(name));
    }
}
