using Microsoft.Extensions.Primitives;
using Microsoft.Net.Http.Headers;
using Yarp.ReverseProxy.Transforms;

namespace WsBalancer.Proxy.Placement;

/// <summary>
/// Forwards, as other proxies do, the end-to-end headers that YARP removes. Headers of one connection (RFC 9110 §7.6.1)
/// are not among them.
/// </summary>
/// <remarks>Runs before all other transforms, which may remove these headers.</remarks>
internal static class SkippedHeaders
{
    private static readonly string[] Names =
    [
        HeaderNames.UpgradeInsecureRequests, HeaderNames.AltSvc, HeaderNames.ProxyAuthorization,
        HeaderNames.ProxyAuthenticate, "Proxy-Authentication-Info", "Proxy-Features", "Proxy-Instruction",
        "Security-Scheme", "ALPN", "Close",
    ];

    /// <summary>Copies headers from the client's request to the node's.</summary>
    public static ValueTask CopyRequest(RequestTransformContext context)
    {
        var received = context.HttpContext.Request.Headers;
        foreach (var name in Names)
        {
            if (context.HeadersCopied && received.TryGetValue(name, out var value))
            {
                context.ProxyRequest.Headers.TryAddWithoutValidation(name, (IEnumerable<string?>)value);
            }
        }

        return ValueTask.CompletedTask;
    }

    /// <summary>Copies headers from the node's response to the client's.</summary>
    public static ValueTask CopyResponse(ResponseTransformContext context)
    {
        if (context is not { HeadersCopied: true, ProxyResponse: { } response })
        {
            return ValueTask.CompletedTask;
        }

        foreach (var name in Names)
        {
            if (response.Headers.NonValidated.TryGetValues(name, out var values))
            {
                var sent = context.HttpContext.Response.Headers;
                sent[name] = StringValues.Concat(sent[name], values.ToArray());
            }
        }

        return ValueTask.CompletedTask;
    }
}
