using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using WsBalancer.Proxy.Fleet;
using WsBalancer.Proxy.Framing;
using WsBalancer.Proxy.Health;
using WsBalancer.Proxy.Tunnels;

namespace WsBalancer.Proxy.Placement;

/// <summary>
/// Leads a handshake to the first node of its user's order that takes it, and sees its tunnel off at the end.
/// </summary>
internal sealed class HandshakePlacement(
    TunnelRegistry tunnels,
    AttemptJudge judge,
    Rejecter rejecter,
    Readiness readiness,
    PlacementMetrics metrics,
    TimeProvider time,
    ILogger<HandshakePlacement> logger)
{
    public async Task RunAsync(HttpContext context, FleetCluster cluster, string? user, RequestDelegate next)
    {
        if (readiness.IsRefusing)
        {
            await rejecter.RejectAsync(context, cluster, Rejection.Stopping);
            return;
        }

        var begun = time.GetTimestamp();
        var settings = cluster.Current.Settings;
        var options = settings.Get<HandshakeOptions>();
        var order = NodeOrder.For(cluster, user, tunnels);
        using var handshake = new Handshake(
            context, user, settings.Get<TunnelOptions>(), tunnels, time, () => Opened(context, begun));

        var attempts = 0;
        while (attempts < options.Attempts && order.Next() is { } node)
        {
            if (attempts > 0)
            {
                metrics.Retried(cluster.Id);
            }

            var left = options.Timeout - time.GetElapsedTime(begun);
            if (left <= TimeSpan.Zero)
            {
                break;
            }

            // Half of what is left; all of it for the last one.
            attempts++;
            handshake.Begin(node, attempts == options.Attempts ? left : left / 2);
            context.GetReverseProxyFeature().AvailableDestinations = node.Destination;
            try
            {
                await next(context);
            }
            finally
            {
                End(context, handshake.Tunnel, settings.Get<TunnelOptions>());
            }

            if (handshake.Tunnel is not null)
            {
                return;
            }

            var failure = Judge(context, handshake, node);
            if (failure == AttemptFailure.Final)
            {
                return;
            }

            // A node that announces its drain was not a try: it is the fleet that we had to learn.
            attempts -= failure == AttemptFailure.Draining ? 1 : 0;
            AttemptJudge.Forget(context);
        }

        await rejecter.NobodyAsync(context, cluster, anyTried: handshake.Node is not null);
    }

    private void Opened(HttpContext context, long begun)
    {
        var handshake = (Handshake)context.Features.Get<PlacedRequest>()!;
        judge.Answered(handshake.Node!);
        metrics.HandshakeAccepted(handshake.Node!, time.GetElapsedTime(begun));

        // Begun before the stop, open after its closing: nobody else will close it.
        if (readiness.IsRefusing)
        {
            handshake.Tunnel!.Close(TunnelEnd.Shutdown, CloseCode.GoingAway, "the balancer is stopping");
        }
    }

    // What to make of an attempt that opened no tunnel. Final: what the response says by now is the answer.
    private AttemptFailure Judge(HttpContext context, Handshake handshake, Node node)
    {
        if (handshake.Answer is not null)
        {
            judge.Answered(node);
            metrics.HandshakeRefused(node);
            return AttemptFailure.Final;
        }

        if (handshake.ClientIsGone)
        {
            metrics.HandshakeAbandoned(node);
            return AttemptFailure.Final;
        }

        var failure = judge.Judge(context, node);
        metrics.HandshakeFailed(node, failure);
        return failure;
    }

    private void End(HttpContext context, Tunnel? tunnel, TunnelOptions options)
    {
        if (tunnel is null)
        {
            return;
        }

        var end = tunnel.Finish(TunnelEnd.Error);
        tunnels.Remove(tunnel, end);
        LeftBehind.ResetAfter(context, options.CloseTimeout, time);
        TunnelLog.Ended(
            logger,
            tunnel.Identity.Id,
            tunnel.Identity.Node.Node,
            tunnel.Identity.Node.Cluster,
            tunnel.Age,
            TunnelEndLabel.Of(end),
            tunnel.Forced);
    }
}
