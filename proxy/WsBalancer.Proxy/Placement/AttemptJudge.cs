using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using WsBalancer.Proxy.Fleet;
using WsBalancer.Proxy.Health;
using Yarp.ReverseProxy.Forwarder;

namespace WsBalancer.Proxy.Placement;

/// <summary>Says what came of an attempt that a node did not answer, and tells the health of the node.</summary>
internal sealed class AttemptJudge(HealthMonitor health, ILogger<AttemptJudge> logger)
{
    public AttemptFailure Judge(HttpContext context, Node node)
    {
        var error = context.GetForwarderErrorFeature();
        var failure = error is null ? AttemptFailure.Final : AttemptFailureOf.Error(error);
        var why = error?.Exception?.GetBaseException().Message ?? "no reason given";
        PlacementLog.AttemptFailed(logger, node.Id, node.Key.Cluster, failure, why);
        switch (failure)
        {
            case AttemptFailure.NotConnected:
                health.ConnectFailed(node, why);
                break;
            case AttemptFailure.Draining:
                health.Announced(node);
                break;
        }

        return context.Response.HasStarted ? AttemptFailure.Final : failure;
    }

    /// <summary>The node answered.</summary>
    public void Answered(Node node) => health.ConnectSucceeded(node);

    /// <summary>Makes the response as new: the forwarder refuses a request whose response has a status.</summary>
    public static void Forget(HttpContext context)
    {
        context.Response.Clear();
        context.Features.Set<IForwarderErrorFeature>(null);
    }
}
