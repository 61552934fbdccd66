using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Logging;
using WsBalancer.Proxy.Admission;
using WsBalancer.Proxy.Http;

namespace WsBalancer.Proxy.Placement;

/// <summary>
/// Checks a request before it is placed: rejects requests that must not be forwarded, and normalizes headers in forms
/// that HTTP allows and YARP does not support.
/// </summary>
internal sealed class RequestIntake(RouteGuard guard, PlacementMetrics metrics, ILogger<RequestIntake> logger)
{
    /// <summary>Checks and normalizes a request.</summary>
    /// <param name="context">The request.</param>
    /// <param name="cluster">The cluster of its route.</param>
    /// <param name="isHandshake">Whether it is a handshake for a WebSocket.</param>
    /// <returns>The reason for which the request is rejected; null if it is accepted.</returns>
    public Rejection? Take(HttpContext context, string cluster, out bool isHandshake)
    {
        isHandshake = false;
        ReadOnlySpan<char> target = context.Features.Get<IHttpRequestFeature>()?.RawTarget;
        var raw = RawTarget.Parse(target);
        if (raw.Form == TargetForm.Authority && HttpMethods.IsConnect(context.Request.Method))
        {
            return Rejection.Connect;
        }

        if (target.ContainsAnyExceptInRange('!', '~'))
        {
            return Rejection.InvalidTarget;
        }

        if (guard.IsAmbiguous(context, raw.Path))
        {
            return Rejection.AmbiguousPath;
        }

        if (!HasClearFraming(context.Request))
        {
            return ServerRejection.BadTransferCoding;
        }

        if (raw.Form == TargetForm.Absolute)
        {
            TakeAuthority(context.Request, raw.Authority);
        }

        var rejection = UpgradeRequest.Read(context, out var kind);
        isHandshake = kind == UpgradeKind.WebSocket;
        if (kind == UpgradeKind.Other && rejection is null)
        {
            metrics.UpgradeStripped(cluster);
            PlacementLog.UpgradeStripped(logger, context.Request.Method, cluster);
        }

        return rejection;
    }

    // Kestrel reads a body as chunked if its last coding is chunked, over HTTP/1.0 too, and renames a Content-Length
    // beside it. The node might read other codings in another way (RFC 9112 §6.1).
    private static bool HasClearFraming(HttpRequest request)
    {
        if (request.Headers.TransferEncoding is not { Count: > 0 } codings)
        {
            return true;
        }

        request.Headers.Remove("X-Content-Length");
        return codings.Count == 1
            && codings.ToString().Equals("chunked", StringComparison.OrdinalIgnoreCase)
            && !HttpProtocol.IsHttp10(request.Protocol);
    }

    // The authority of the target is the host (RFC 9112 §3.2.2). The server applies that, but changes the spelling.
    private static void TakeAuthority(HttpRequest request, ReadOnlySpan<char> authority)
    {
        var host = request.Headers.Host.ToString();
        if (authority.SequenceEqual(host))
        {
            return;
        }

        var sent = authority.ToString();
        if (host.Length == 0
            || string.Equals(new HostString(sent).Host, new HostString(host).Host, StringComparison.OrdinalIgnoreCase))
        {
            request.Headers.Host = sent;
        }
    }
}
