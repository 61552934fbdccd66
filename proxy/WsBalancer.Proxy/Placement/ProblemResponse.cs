using Microsoft.AspNetCore.Http;
using WsBalancer.Proxy.Admission;
using Yarp.ReverseProxy.Forwarder;
using Yarp.ReverseProxy.Model;

namespace WsBalancer.Proxy.Placement;

/// <summary>
/// Adds the problem body to an error response of routing or of YARP, which has a status only.
/// </summary>
internal sealed class ProblemResponse(Rejecter rejecter)
{
    private static readonly string[] ContentHeaders =
        ["Content-Encoding", "Content-Language", "Content-Range", "ETag", "Last-Modified", "Transfer-Encoding"];

    /// <summary>Completes the response to a request, unless it is a node's or has started.</summary>
    public Task CompleteAsync(HttpContext context)
    {
        var response = context.Response;
        if (response.StatusCode < StatusCodes.Status400BadRequest
            || response.HasStarted
            || response.ContentLength > 0
            || context.RequestAborted.IsCancellationRequested
            || IsFromNode(context))
        {
            return Task.CompletedTask;
        }

        foreach (var name in ContentHeaders)
        {
            response.Headers.Remove(name);
        }

        var cluster = context.Features.Get<IReverseProxyFeature>()?.Cluster.Config.ClusterId;
        return rejecter.RejectAsync(context, cluster ?? Rejecter.NoCluster, ReasonOf(context));
    }

    private static Rejection ReasonOf(HttpContext context) =>
        context.Features.Get<IForwarderErrorFeature>() is { } error
        ? ForwardingRejection.Of(error, context.Response.StatusCode)
        : context.Response.StatusCode switch
        {
            StatusCodes.Status404NotFound when context.GetEndpoint() is null => Rejection.NoRoute,
            StatusCodes.Status405MethodNotAllowed => Rejection.MethodNotAllowed,
            var status => Rejection.Other(status),
        };

    // Whether the response is a node's. HasStarted does not show that: a node's response without a body has not started
    // at this point.
    private static bool IsFromNode(HttpContext context) =>
        context.Features.Get<IForwarderErrorFeature>() is null
        && (context.Features.Get<PlacedRequest>() is { } placed
            ? placed.Answer is not null
            : context.Features.Get<IReverseProxyFeature>()?.ProxiedDestination is not null);
}
