using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using WsBalancer.Proxy.Access;
using WsBalancer.Proxy.Admission;
using WsBalancer.Proxy.Fleet;
using WsBalancer.Proxy.Framing;
using WsBalancer.Proxy.Health;
using WsBalancer.Proxy.Placement.Native;
using WsBalancer.Proxy.Sockets;
using WsBalancer.Proxy.Tunnels;

namespace WsBalancer.Proxy.Placement;

/// <summary>
/// Sends a handshake to the nodes of its user's order until one accepts it, and removes and logs the tunnel when that
/// has ended.
/// </summary>
internal sealed class HandshakePlacement(
    TunnelRegistry tunnels,
    AttemptJudge judge,
    HealthMonitor health,
    Rejecter rejecter,
    Readiness readiness,
    AdmissionControl admission,
    HandshakeOutcomes outcomes,
    PlacementMetrics metrics,
    AccessLog access,
    SocketsOptions sockets,
    TimeProvider time,
    ILogger<HandshakePlacement> logger)
{
    // The outcomes, as in wsbalancer_handshakes_total.
    private const string RefusedByNode = "refused";
    private const string AbandonedByClient = "abandoned";

    private readonly Func<Node, NodeTrial?> _tryBeginTrial = health.TryBeginTrial;
    private TunnelSettings? _native;

    public async Task RunAsync(HttpContext context, FleetCluster cluster, string? user, RequestDelegate next)
    {
        using var span = PlacementSpan.Start("wsbalancer.handshake", context, cluster.Id);
        if (readiness.IsRefusing)
        {
            await rejecter.RejectAsync(context, cluster, Rejection.Stopping, user: user);
            return;
        }

        if (admission.Enter(cluster, user, out var place) is { } refused)
        {
            await rejecter.RejectAsync(context, cluster, refused, user: user);
            return;
        }

        var begun = time.GetTimestamp();
        using var order = new NodeOrder(
            cluster, user, NodePreference.ForTunnel(cluster, user, tunnels, admission, place), _tryBeginTrial);
        var settings = cluster.Current.Settings;
        var options = settings.Get<HandshakeOptions>();
        using var handshake = new Handshake(
            context,
            user,
            settings.Get<TunnelOptions>(),
            tunnels,
            time,
            tunnel => Register(context, cluster, order, tunnel, begun),
            _native ??= new TunnelSettings((int)sockets.MaxBufferedPerTunnel.Bytes, Unregister));

        var attempts = 0;
        while (attempts < options.Attempts && order.Next() is { } node)
        {
            var left = options.Timeout - time.GetElapsedTime(begun);
            if (left <= TimeSpan.Zero)
            {
                break;
            }

            if (order.Place is { } held)
            {
                var retryAfter = await held.TurnAsync(left, context.RequestAborted);
                left = options.Timeout - time.GetElapsedTime(begun);
                if (!await RejectUnlessItsTurnAsync(context, cluster, handshake, node, retryAfter, left))
                {
                    return;
                }
            }

            attempts++;
            Begin(cluster, handshake, node, order, options, attempts, left);
            context.GetReverseProxyFeature().AvailableDestinations = node.Destination;
            var attempted = time.GetTimestamp();
            try
            {
                await next(context);
            }
            finally
            {
                EndPortable(context, handshake.Tunnel);
            }

            if (handshake.Tunnel is not null)
            {
                return;
            }

            var waited = time.GetElapsedTime(attempted)
                / (order.Trial is null ? options.Timeout : handshake.AttemptTimeout!.Value);
            var failure = Judge(context, handshake, order.Trial, waited);
            if (IsOver(failure, options))
            {
                return;
            }

            // The announcement of a drain is not an attempt: it only reports the state of the node.
            attempts -= failure == AttemptOutcome.Draining ? 1 : 0;
            AttemptJudge.ResetResponse(context);
        }

        await rejecter.RejectUnplacedAsync(
            context, cluster, anyTried: handshake.Node is not null, order.HasSkippedFull);
    }

    private void Begin(
        FleetCluster cluster,
        Handshake handshake,
        Node node,
        NodeOrder order,
        HandshakeOptions options,
        int attempt,
        TimeSpan left)
    {
        if (attempt > 1)
        {
            metrics.Retried(cluster.Id);
        }
        else if (order.Spilled)
        {
            metrics.Spilled(cluster.Id);
        }

        var mayContinue = options.RetriesTaken && attempt < options.Attempts && attempt < AvailableNodesOf(cluster);
        var patience = mayContinue && options.RetryUnanswered ? left / 2 : left;
        if (order.Trial is { } trial && trial.TimeoutOf(options.Timeout) is var bound && bound < patience)
        {
            patience = bound;
        }

        handshake.Begin(node, patience, retryOn: mayContinue ? options.RetryOn : []);
    }

    private static int AvailableNodesOf(FleetCluster cluster) =>
        cluster.Current.Nodes.Count(static node => node is { Weight: > 0, IsDraining: false });

    private static bool IsOver(AttemptOutcome failure, HandshakeOptions options) =>
        failure == AttemptOutcome.Done || (failure == AttemptOutcome.Silent && !options.RetryUnanswered);

    // If a node gets too many handshakes per second, the others wait or are rejected, and are not sent to other nodes:
    // their users belong to this one. On false the handshake was rejected here, or its client has disconnected.
    private async Task<bool> RejectUnlessItsTurnAsync(
        HttpContext context, FleetCluster cluster, Handshake handshake, Node node, TimeSpan? retryAfter, TimeSpan left)
    {
        if (handshake.IsClientDisconnected)
        {
            Abandoned(context, handshake, node);
            return false;
        }

        // The wait may have ended late, when there is no time left for an attempt.
        retryAfter ??= left > TimeSpan.Zero ? null : RetryAfter.Soon();
        if (retryAfter is not null)
        {
            await rejecter.RejectAsync(context, cluster, Rejection.HandshakeRate, retryAfter);
        }

        return retryAfter is null;
    }

    private void Register(
        HttpContext context, FleetCluster cluster, NodeOrder order, Tunnel tunnel, long begun)
    {
        var placed = context.Features.Get<PlacedRequest>()!;
        var duration = time.GetElapsedTime(begun);
        tunnel.Origin = access.OriginOf(context, placed.Times, duration);
        if (order.Place is { } place)
        {
            place.Open(tunnel);
        }
        else
        {
            tunnels.Add(tunnel);
        }

        var node = placed.Node!;
        judge.HandshakeAnswered(node);
        outcomes.Succeeded(node.Key);
        metrics.HandshakeAccepted(node, duration);
        if (context.Features.Get<PlacementSpan>() is { } span)
        {
            span.Completed("accepted");
            span.Dispose();
        }

        // The node was removed during the handshake, and the cluster no longer has it: no drain would close the tunnel.
        if (node.IsLeaving && cluster.Find(node.Id) != node)
        {
            tunnel.Close(TunnelEnd.Drain, CloseCode.ServiceRestart, "the node has left");
        }

        // The handshake began before the stop, and its tunnel was opened after the stop had closed all others.
        if (readiness.IsRefusing)
        {
            tunnel.Close(TunnelEnd.Shutdown, CloseCode.GoingAway, "the balancer is stopping");
        }
    }

    // Judges an attempt that opened no tunnel. Final: the response as it is now is sent to the client.
    private AttemptOutcome Judge(HttpContext context, Handshake handshake, NodeTrial? trial, double waited)
    {
        var node = handshake.Node!;
        if (handshake is { Answer: { } answer, IsAccepted: false })
        {
            judge.HandshakeAnswered(node);
            if (IsNodesFault(answer))
            {
                outcomes.Failed(node.Key);
            }

            metrics.HandshakeRefused(node);
            context.Features.Get<PlacementSpan>()?.Completed(RefusedByNode);
            access.AddRefusal(RefusalOf(context, handshake, node, RefusedByNode, answer));
            return AttemptOutcome.Done;
        }

        // An accepted handshake without a tunnel means that the client has disconnected.
        if (handshake.IsClientDisconnected || handshake.IsAccepted)
        {
            if (!handshake.IsAccepted)
            {
                judge.NotAnswered(node, trial, waited);
            }

            Abandoned(context, handshake, node);
            return AttemptOutcome.Done;
        }

        var failure = judge.JudgeHandshake(context, node, trial, waited);
        metrics.HandshakeFailed(node, failure);
        context.Features.Get<PlacementSpan>()?.AttemptFailed(node, failure);
        if (failure is AttemptOutcome.NotConnected or AttemptOutcome.Reset or AttemptOutcome.Silent
            or AttemptOutcome.Refused)
        {
            outcomes.Failed(node.Key);
        }

        return failure;
    }

    private void Abandoned(HttpContext context, Handshake handshake, Node node)
    {
        metrics.HandshakeAbandoned(node);
        context.Features.Get<PlacementSpan>()?.Completed(AbandonedByClient);
        access.AddRefusal(RefusalOf(context, handshake, node, AbandonedByClient, status: null));
    }

    private static AccessRefusal RefusalOf(
        HttpContext context, Handshake handshake, Node node, string reason, int? status) => new(
        reason, status, node.Key.Cluster, context.Features, node.Id, handshake.User, handshake.Times);

    // With these statuses a node refuses the client, which is not a fault of the node. Any other response than a
    // WebSocket shows that the node cannot serve its users.
    private static bool IsNodesFault(int answer) => answer is not (
        StatusCodes.Status400BadRequest or StatusCodes.Status401Unauthorized
        or StatusCodes.Status403Forbidden or StatusCodes.Status429TooManyRequests);

    // A native tunnel continues after the end of its request.
    private void EndPortable(HttpContext context, Tunnel? tunnel)
    {
        if (tunnel is { Flow.Path: TunnelPath.Portable })
        {
            Unregister(tunnel);
            UnreadClientReset.ResetAfter(context, tunnel.Forced, tunnel.CloseTimeout, time);
        }
    }

    private void Unregister(Tunnel tunnel)
    {
        var end = tunnel.Finish(TunnelEnd.Error);
        tunnels.Remove(tunnel, end);
        access.AddTunnel(tunnel, end);
        TunnelLog.Ended(
            logger,
            tunnel.Identity.Id,
            tunnel.Identity.Node.Id,
            tunnel.Identity.Node.Cluster,
            tunnel.Age,
            TunnelEndLabel.Of(end),
            tunnel.Forced);
    }
}
