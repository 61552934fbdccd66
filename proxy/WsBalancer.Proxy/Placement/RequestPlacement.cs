using Microsoft.AspNetCore.Http;
using WsBalancer.Proxy.Admission;
using WsBalancer.Proxy.Fleet;
using WsBalancer.Proxy.Tunnels;

namespace WsBalancer.Proxy.Placement;

/// <summary>Sends a plain request to the first node of its user's order that can be reached.</summary>
internal sealed class RequestPlacement(
    TunnelRegistry tunnels,
    AttemptOutcomes outcomes,
    Rejecter rejecter,
    AdmissionControl admission,
    PlacementMetrics metrics,
    TimeProvider time)
{
    public async Task RunAsync(HttpContext context, FleetCluster cluster, string? user, RequestDelegate next)
    {
        using var span = PlacementSpan.Start("wsbalancer.request", context, cluster.Id);
        var settings = cluster.Current.Settings;
        var options = settings.Get<HandshakeOptions>();
        ClientKeepAlive.Apply(context, settings.Get<TunnelOptions>().KeepAlive);
        var order = new NodeOrder(
            cluster, user, NodePreference.ForRequest(cluster, user, tunnels, admission));
        var request = new PlainRequest(context, settings.Get<RequestOptions>(), time) { User = user };
        var attempts = 0;
        while (attempts < options.Attempts && order.Next() is { } node)
        {
            if (attempts > 0)
            {
                metrics.Retried(cluster.Id);
            }

            request.Begin(node, timeout: null);
            context.GetReverseProxyFeature().AvailableDestinations = node.Destination;
            await next(context);
            var failure = outcomes.OfRequest(context, request, node, span);
            if (!request.MayRetry(failure))
            {
                metrics.RequestAnswered(node, context.Response.StatusCode);
                return;
            }

            attempts += AttemptBudget.UsedBy(failure);
            AttemptOutcomes.ResetResponse(context);
        }

        await rejecter.RejectUnplacedAsync(context, cluster, anyTried: request.Node is not null);
    }
}
