using System.Globalization;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Logging;
using WsBalancer.Proxy.Access;
using WsBalancer.Proxy.Admission;
using WsBalancer.Proxy.Fleet;

namespace WsBalancer.Proxy.Placement;

/// <summary>Responds in place of a node, with problem details (RFC 9457); counts and logs the rejection.</summary>
internal sealed class Rejecter(PlacementMetrics metrics, RejectionLog log, AccessLog access)
{
    /// <summary>The cluster label of a request that was rejected before it had a route.</summary>
    public const string NoCluster = "";

    /// <summary>Rejects a request.</summary>
    /// <param name="context">The request.</param>
    /// <param name="cluster">The cluster of the request.</param>
    /// <param name="rejection">The reason.</param>
    /// <param name="retryAfter">The time after which the client should retry; null for
    /// <see cref="RetryAfter.Soon"/>.</param>
    /// <param name="user">The user id, if the request was not placed yet.</param>
    public Task RejectAsync(
        HttpContext context,
        FleetCluster cluster,
        Rejection rejection,
        TimeSpan? retryAfter = null,
        string? user = null) =>
        RejectAsync(context, cluster.Id, rejection, retryAfter, user: user);

    /// <inheritdoc cref="RejectAsync(HttpContext, FleetCluster, Rejection, TimeSpan?, string?)"/>
    public Task RejectAsync(
        HttpContext context,
        string cluster,
        Rejection rejection,
        TimeSpan? retryAfter = null,
        Exception? exception = null,
        string? user = null)
    {
        Note(cluster, rejection, context.Features, exception, user: user);
        var response = context.Response;
        response.StatusCode = rejection.Status;
        response.ContentType = ProblemBody.ContentType;
        response.ContentLength = rejection.Body.Length;
        if (rejection.IsTemporary)
        {
            var seconds = (int)(retryAfter ?? RetryAfter.Soon()).TotalSeconds;
            response.Headers.RetryAfter = seconds.ToString(CultureInfo.InvariantCulture);
        }

        return HttpMethods.IsHead(context.Request.Method)
            ? response.StartAsync(context.RequestAborted)
            : response.Body.WriteAsync(rejection.Body, context.RequestAborted).AsTask();
    }

    /// <summary>Counts and logs a rejection whose response, if there is one, is written elsewhere.</summary>
    /// <param name="cluster">The cluster, or <see cref="NoCluster"/>.</param>
    /// <param name="rejection">The reason.</param>
    /// <param name="request">The request, if there is one.</param>
    /// <param name="exception">The error of the balancer that caused the rejection.</param>
    /// <param name="level">The level of the line, if not that of the status.</param>
    /// <param name="user">The user id, if the request was not placed yet.</param>
    public void Note(
        string cluster,
        Rejection rejection,
        IFeatureCollection? request = null,
        Exception? exception = null,
        LogLevel? level = null,
        string? user = null)
    {
        var placed = request?.Get<PlacedRequest>();
        var node = placed?.Node?.Id;
        metrics.Rejected(cluster, rejection);
        request?.Get<PlacementSpan>()?.Rejected(rejection);
        log.Write(rejection, cluster, node, placed?.Attempts ?? 0, exception, level);
        access.AddRefusal(new AccessRefusal(
            rejection.Label,
            rejection.Status,
            cluster,
            request,
            node,
            placed?.User ?? user,
            placed?.Times ?? default));
    }

    /// <summary>Rejects a request that no node took.</summary>
    /// <param name="context">The request.</param>
    /// <param name="cluster">The cluster of the request.</param>
    /// <param name="anyTried">Whether a node was tried.</param>
    /// <param name="passedFull">Whether a node was skipped only because it is full.</param>
    public Task RejectUnplacedAsync(HttpContext context, FleetCluster cluster, bool anyTried, bool passedFull = false)
    {
        var snapshot = cluster.Current;
        var rejection = snapshot switch
        {
            _ when !snapshot.Nodes.Any(node => node.Weight > 0) => Rejection.NoNode,
            _ when passedFull => Rejection.Full,
            _ when !anyTried || snapshot.NotDraining.IsEmpty => Rejection.AllDraining,
            _ => Rejection.Unreachable,
        };
        return RejectAsync(context, cluster, rejection);
    }
}
