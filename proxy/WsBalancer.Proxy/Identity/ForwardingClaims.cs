using System.Net.Http.Headers;
using Yarp.ReverseProxy.Transforms;

namespace WsBalancer.Proxy.Identity;

/// <summary>
/// Removes what a client says in forwarding headers, in whatever spelling. What a trusted proxy says stays.
/// </summary>
/// <param name="trusted">Whose word is taken. Read for each request, so that a reload is felt.</param>
/// <param name="options">Read for each request.</param>
/// <param name="keepsOwn">Leaves the headers that the balancer writes to the transforms of the route.</param>
/// <param name="isUserKey">Whether user ids are read from a header: its operator lets clients say that one.</param>
internal sealed class ForwardingClaims(
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

    // Null if there is none, which is what honest clients send.
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

    // Another spelling of a header that the balancer writes would stand beside it, whoever sent it.
    private bool IsToRemove(string name, bool isTrusted)
    {
        if (ForwardingNames.IsOwn(name) && !name.Contains('_'))
        {
            return !isTrusted && !keepsOwn;
        }

        return !isUserKey(name) && (!isTrusted || ForwardingNames.IsOwn(name));
    }
}
