using System.Net;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using WsBalancer.Proxy.Identity;

namespace WsBalancer.Proxy.Tests.Identity;

/// <summary>Builds requests in the form in which a server passes them on.</summary>
internal static class RequestContext
{
    public static DefaultHttpContext Of(
        string target = "/", string peer = "192.0.2.1", params (string Name, string Value)[] headers)
    {
        var context = new DefaultHttpContext();
        var query = target.IndexOf('?', StringComparison.Ordinal);
        context.Features.GetRequiredFeature<IHttpRequestFeature>().RawTarget = target;
        context.Request.QueryString = query < 0 ? QueryString.Empty : new QueryString(target[query..]);
        context.Connection.RemoteIpAddress = IPAddress.Parse(peer);
        foreach (var (name, value) in headers)
        {
            context.Request.Headers.Append(name, value);
        }

        return context;
    }

    public static TrustedProxies Trusting(params string[] texts)
    {
        Assert.True(TrustedProxies.TryParse(texts, out var proxies, out var error), error);
        return proxies;
    }
}
