using Microsoft.AspNetCore.Http;
using WsBalancer.Proxy.Admission;
using WsBalancer.Proxy.Fleet;
using WsBalancer.Proxy.Health;
using WsBalancer.Proxy.Tunnels;

namespace WsBalancer.Proxy.Placement;

/// <summary>
/// Sends a handshake to the nodes of its user's order until one accepts it, within the attempts and the time that the
/// cluster allows; rejects the handshake if no node takes it.
/// </summary>
internal sealed class HandshakeAttempts(
    Readiness readiness,
    AdmissionControl admission,
    TunnelRegistry tunnels,
    HealthMonitor health,
    TunnelOpening opening,
    AttemptOutcomes outcomes,
    Rejecter rejecter,
    PlacementMetrics metrics,
    TimeProvider time)
{
    private readonly Func<Node, NodeTrial?> _tryBeginTrial = health.TryBeginTrial;

    public async Task RunAsync(HttpContext context, FleetCluster cluster, string? user, RequestDelegate next)
    {
        using var span = PlacementSpan.Start("wsbalancer.handshake", context, cluster.Id);
        if (Admit(cluster, user, out var place) is { } refused)
        {
            await rejecter.RejectAsync(context, cluster, refused, user: user);
            return;
        }

        using var held = place;
        var budget = new AttemptBudget(cluster.Current.Settings.Get<HandshakeOptions>(), time);
        using var order = OrderOf(cluster, user, place);
        using var handshake = new Handshake(context, cluster, place, budget.Begun, opening) { User = user };
        while (budget.HasAttempt && order.Next() is { } node && budget.HasTimeLeft())
        {
            if (place is not null && !await WaitForTurnAsync(handshake, node, place, budget))
            {
                return;
            }

            Begin(handshake, node, order, budget);
            try
            {
                await next(context);
            }
            finally
            {
                opening.EndPortable(handshake);
            }

            if (!End(handshake, node, order.Trial, budget))
            {
                return;
            }
        }

        await rejecter.RejectUnplacedAsync(context, cluster, handshake.Node is not null, order.HasSkippedFull);
    }

    private Rejection? Admit(FleetCluster cluster, string? user, out HandshakeReservation? place)
    {
        place = null;
        return readiness.IsRefusing ? Rejection.Stopping : admission.Enter(cluster, user, out place);
    }

    private NodeOrder OrderOf(FleetCluster cluster, string? user, HandshakeReservation? place) => new(
        cluster, user, NodePreference.ForTunnel(cluster, user, tunnels, admission, place), _tryBeginTrial);

    private void Begin(Handshake handshake, Node node, NodeOrder order, AttemptBudget budget)
    {
        var (timeout, retryOn) = budget.Begin(handshake.Cluster, order.Trial);
        handshake.Begin(node, timeout, retryOn);
        if (!budget.IsUnused)
        {
            metrics.Retried(handshake.Cluster.Id);
        }
        else if (order.Spilled)
        {
            metrics.Spilled(handshake.Cluster.Id);
        }

        handshake.Context.GetReverseProxyFeature().AvailableDestinations = node.Destination;
    }

    // Judges the attempt, and returns whether another node may be tried; if so, the response to the client is reset.
    private bool End(Handshake handshake, Node node, NodeTrial? trial, AttemptBudget budget)
    {
        if (handshake.Tunnel is not null
            || !budget.End(outcomes.OfHandshake(handshake, node, trial, budget.Waited)))
        {
            return false;
        }

        AttemptOutcomes.ResetResponse(handshake.Context);
        return true;
    }

    // Returns whether the handshake may be sent; if not, the handshake was rejected, or its client has disconnected. If
    // a node gets too many handshakes per second, the others wait or are rejected, and are not sent to other nodes:
    // their users belong to this one.
    private async Task<bool> WaitForTurnAsync(
        Handshake handshake, Node node, HandshakeReservation place, AttemptBudget budget)
    {
        var retryAfter = await place.TurnAsync(budget.Left, handshake.Context.RequestAborted);
        var hasTime = budget.HasTimeLeft();
        if (handshake.IsClientDisconnected)
        {
            outcomes.Abandoned(handshake, node);
            return false;
        }

        // The wait may have ended late, when there is no time left for an attempt.
        retryAfter ??= hasTime ? null : RetryAfter.Soon();
        if (retryAfter is not null)
        {
            await rejecter.RejectAsync(handshake.Context, handshake.Cluster, Rejection.HandshakeRate, retryAfter);
        }

        return retryAfter is null;
    }
}
