using System.Net;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Primitives;
using Yarp.ReverseProxy.Transforms;
using Yarp.ReverseProxy.Transforms.Builder;

namespace WsBalancer.Proxy.Placement;

/// <summary>
/// Passes the headers that YARP drops although they are not hop-by-hop (RFC 9110 §7.6.1), and the few of a node's
/// response that a client needs and the server would refuse or leave out.
/// </summary>
/// <param name="isRingCluster">Whether a cluster is placed by the ring; others stay as YARP has them.</param>
internal sealed class PassedHeaders(Func<string, bool> isRingCluster) : ITransformProvider
{
    // What YARP's RequestUtilities leaves out, without Connection, Keep-Alive, Proxy-Connection, TE, Transfer-Encoding,
    // Upgrade and HTTP2-Settings, which end at this hop.
    private static readonly string[] Names =
    [
        "Upgrade-Insecure-Requests", "Alt-Svc", "Proxy-Authenticate", "Proxy-Authorization",
        "Proxy-Authentication-Info", "Proxy-Features", "Proxy-Instruction", "Security-Scheme", "ALPN", "Close",
    ];

    public void ValidateRoute(TransformRouteValidationContext context)
    {
        // Nothing of a route matters here.
    }

    public void ValidateCluster(TransformClusterValidationContext context)
    {
        // Nothing of a cluster matters here.
    }

    public void Apply(TransformBuilderContext context)
    {
        if (context.Route.ClusterId is { } cluster && isRingCluster(cluster))
        {
            context.RequestTransforms.Insert(0, new RequestFuncTransform(PassToNode));
            context.ResponseTransforms.Insert(0, new ResponseFuncTransform(PassToClient));
        }
    }

    private static ValueTask PassToNode(RequestTransformContext context)
    {
        var headers = context.HttpContext.Request.Headers;
        foreach (var name in Names)
        {
            if (headers.TryGetValue(name, out var values))
            {
                RequestTransform.AddHeader(context, name, values);
            }
        }

        return ValueTask.CompletedTask;
    }

    private static ValueTask PassToClient(ResponseTransformContext context)
    {
        if (context.ProxyResponse is not { } response)
        {
            return ValueTask.CompletedTask;
        }

        foreach (var name in Names)
        {
            Copy(name, response, context.HttpContext.Response);
        }

        RemoveHopByHop(response, context.HttpContext.Response);

        // A 426 names the protocols that the node wants (RFC 9110 §15.5.22). HTTP/2 has no Upgrade.
        if (response.StatusCode == HttpStatusCode.UpgradeRequired
            && !HttpProtocol.IsHttp2(context.HttpContext.Request.Protocol))
        {
            Copy("Upgrade", response, context.HttpContext.Response);
            context.HttpContext.Response.Headers.Connection = "Upgrade, keep-alive";
        }

        // YARP drops the length, without which the client would wait for a body (RFC 9110 §15.3.6).
        if (response.StatusCode == HttpStatusCode.ResetContent)
        {
            context.HttpContext.Response.ContentLength = 0;
        }

        return ValueTask.CompletedTask;
    }

    // What the node's Connection names ends at this hop (RFC 9110 §7.6.1).
    private static void RemoveHopByHop(HttpResponseMessage response, HttpResponse client)
    {
        if (!response.Headers.NonValidated.TryGetValues("Connection", out var lines))
        {
            return;
        }

        foreach (var line in lines)
        {
            foreach (var range in line.AsSpan().Split(','))
            {
                var name = line.AsSpan(range).Trim();
                if (!name.IsEmpty && !IsOfTheMessage(name))
                {
                    client.Headers.Remove(name.ToString());
                }
            }
        }
    }

    // Naming these would change what the message is, not how it got here.
    private static bool IsOfTheMessage(ReadOnlySpan<char> name) =>
        name.StartsWith("Content-", StringComparison.OrdinalIgnoreCase)
        || name.StartsWith("Sec-WebSocket-", StringComparison.OrdinalIgnoreCase)
        || name.Equals("Set-Cookie", StringComparison.OrdinalIgnoreCase);

    private static void Copy(string name, HttpResponseMessage from, HttpResponse to)
    {
        if (from.Headers.NonValidated.TryGetValues(name, out var values))
        {
            to.Headers[name] = new StringValues([.. values]);
        }
    }
}
