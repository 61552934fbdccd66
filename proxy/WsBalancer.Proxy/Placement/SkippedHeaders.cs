using Microsoft.Extensions.Primitives;
using Microsoft.Net.Http.Headers;
using Yarp.ReverseProxy.Transforms;

namespace WsBalancer.Proxy.Placement;

/// <summary>
/// Passes on the headers that YARP leaves out though they are for the other end, as other proxies do. What is for one
/// connection only (RFC 9110 §7.6.1) is not among them.
/// </summary>
/// <remarks>Before all other transforms, which may remove them like any header.</remarks>
internal static class SkippedHeaders
{
    private static readonly string[] Names =
    [
        HeaderNames.UpgradeInsecureRequests, HeaderNames.AltSvc, HeaderNames.ProxyAuthorization,
        HeaderNames.ProxyAuthenticate, "Proxy-Authentication-Info", "Proxy-Features", "Proxy-Instruction",
        "Security-Scheme", "ALPN", "Close",
    ];

    /// <summary>From the client to the node.</summary>
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

    /// <summary>From the node to the client.</summary>
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
