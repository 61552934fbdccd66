using Microsoft.AspNetCore.Http;
using WsBalancer.Proxy.Fleet;

namespace WsBalancer.Proxy.Placement;

/// <summary>Leads a plain request to the first node of its user's order that can be reached.</summary>
internal sealed class RequestPlacement(AttemptJudge judge, Rejecter rejecter, PlacementMetrics metrics)
{
    public async Task RunAsync(HttpContext context, FleetCluster cluster, string? user, RequestDelegate next)
    {
        var options = cluster.Current.Settings.Get<HandshakeOptions>();
        var order = new NodeOrder(cluster, user);
        var request = new PlainRequest(context);
        for (var attempt = 0; attempt < options.Attempts && order.Next() is { } node; attempt++)
        {
            if (attempt > 0)
            {
                metrics.Retried(cluster.Id);
            }

            request.Begin(node, patience: null);
            context.GetReverseProxyFeature().AvailableDestinations = node.Destination;
            await next(context);
            if (!MayGoOn(context, request, node))
            {
                metrics.RequestAnswered(node, context.Response.StatusCode);
                return;
            }

            AttemptJudge.Forget(context);
        }

        await rejecter.NobodyAsync(context, cluster, anyTried: request.Node is not null);
    }

    private bool MayGoOn(HttpContext context, PlainRequest request, Node node)
    {
        if (request.Answer is null && context.GetForwarderErrorFeature() is not null)
        {
            return request.MayRetry(judge.Judge(context, node));
        }

        judge.Answered(node);
        return false;
    }
}
