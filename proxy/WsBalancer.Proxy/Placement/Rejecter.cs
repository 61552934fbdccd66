using System.Globalization;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using WsBalancer.Proxy.Fleet;

namespace WsBalancer.Proxy.Placement;

/// <summary>Answers in the place of a node: counted, and with RFC 9457 problem details.</summary>
internal sealed class Rejecter(PlacementMetrics metrics)
{
    /// <summary>Rejects a request.</summary>
    /// <param name="context">The request.</param>
    /// <param name="cluster">The cluster that it was for.</param>
    /// <param name="rejection">Why.</param>
    /// <param name="retryAfter">When to come back, if that is known better than soon.</param>
    public Task RejectAsync(
        HttpContext context, FleetCluster cluster, Rejection rejection, TimeSpan? retryAfter = null)
    {
        metrics.Rejected(cluster.Id, rejection);
        context.Response.StatusCode = rejection.Status;
        if (rejection.IsForNow)
        {
            var seconds = (int)(retryAfter ?? RetryAfter.Soon()).TotalSeconds;
            context.Response.Headers.RetryAfter = seconds.ToString(CultureInfo.InvariantCulture);
        }

        return context.Response.WriteAsJsonAsync(
            new ProblemDetails { Status = rejection.Status, Title = rejection.Title, Detail = rejection.Detail },
            options: null,
            contentType: "application/problem+json",
            context.RequestAborted);
    }

    /// <summary>Answers a request whose last attempt has failed, unless the client has an answer already.</summary>
    public Task FailedAsync(HttpContext context, FleetCluster cluster)
    {
        if (FailedAttempt.RejectionOf(context) is not { } rejection)
        {
            return Task.CompletedTask;
        }

        AttemptJudge.Forget(context);
        return RejectAsync(context, cluster, rejection);
    }

    /// <summary>Rejects a request that no node took.</summary>
    /// <param name="context">The request.</param>
    /// <param name="cluster">Where a node was looked for.</param>
    /// <param name="anyTried">Whether there was one to try.</param>
    /// <param name="passedFull">Whether one was passed over for being full.</param>
    public Task NobodyAsync(HttpContext context, FleetCluster cluster, bool anyTried, bool passedFull = false)
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
