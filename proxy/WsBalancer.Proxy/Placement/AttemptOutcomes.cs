using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using WsBalancer.Proxy.Access;
using WsBalancer.Proxy.Fleet;
using WsBalancer.Proxy.Health;
using Yarp.ReverseProxy.Forwarder;

namespace WsBalancer.Proxy.Placement;

/// <summary>
/// Determines the outcome of each attempt, and reports it: to the health of the node, the metrics, the subscribers of
/// <see cref="HandshakeOutcomes"/>, the span and the access log.
/// </summary>
internal sealed class AttemptOutcomes(
    HealthMonitor health,
    HandshakeOutcomes events,
    PlacementMetrics metrics,
    AccessLog access,
    ILogger<AttemptOutcomes> logger)
{
    // The outcomes, as in wsbalancer_handshakes_total.
    private const string RefusedByNode = "refused";
    private const string AbandonedByClient = "abandoned";

    // The part of the timeout after which a silent node counts as not answering. A later attempt may have less time,
    // too little to judge the node. The part is just below a half, since many clients have a timeout below that of the
    // handshake, and their disconnect also shows that the node is silent.
    private const double MinWait = 0.45;

    /// <summary>Judges an attempt of a plain request.</summary>
    public AttemptOutcome OfRequest(HttpContext context, PlainRequest request, Node node, PlacementSpan? span)
    {
        if (request.Answer is not null || context.GetForwarderErrorFeature() is null)
        {
            span?.Completed("answered");
            health.ConnectSucceeded(node);
            return AttemptOutcome.Final;
        }

        var failure = FailureOf(context, node);
        if (context.RequestAborted.IsCancellationRequested)
        {
            span?.Completed(AbandonedByClient);
        }
        else
        {
            span?.AttemptFailed(node, failure);
        }

        return failure;
    }

    /// <summary>Judges an attempt of a handshake that opened no tunnel.</summary>
    /// <param name="handshake">The handshake.</param>
    /// <param name="node">The node of the attempt.</param>
    /// <param name="trial">The trial, if a silent node is tried with the attempt.</param>
    /// <param name="waited">The part that has passed of the handshake's timeout, or of the trial's.</param>
    public AttemptOutcome OfHandshake(Handshake handshake, Node node, NodeTrial? trial, double waited)
    {
        if (handshake is { Answer: { } answer, IsAccepted: false })
        {
            if (IsNotUpgraded(handshake))
            {
                NotUpgraded(handshake, node);
            }
            else
            {
                RefusedBy(node, handshake, answer);
            }

            return AttemptOutcome.Final;
        }

        // An accepted handshake without a tunnel means that the client has disconnected.
        if (handshake.IsClientDisconnected || handshake.IsAccepted)
        {
            if (!handshake.IsAccepted)
            {
                NotAnswered(node, trial, waited);
            }

            Abandoned(handshake, node);
            return AttemptOutcome.Final;
        }

        return Failed(handshake.Context, node, trial, waited);
    }

    /// <summary>The node accepted the handshake, and its tunnel is registered. Ends the span.</summary>
    public void Accepted(Handshake handshake, Node node, TimeSpan duration)
    {
        Answered(node);
        events.Succeeded(node.Key);
        metrics.HandshakeAccepted(node, duration);
        if (SpanOf(handshake) is { } span)
        {
            span.Completed("accepted");
            span.Dispose();
        }
    }

    /// <summary>The client disconnected before its tunnel was open.</summary>
    public void Abandoned(Handshake handshake, Node node)
    {
        metrics.HandshakeAbandoned(node);
        SpanOf(handshake)?.Completed(AbandonedByClient);
        access.AddRefusal(RefusalOf(handshake, node, AbandonedByClient, status: null));
    }

    /// <summary>Resets the response: the forwarder refuses a request whose response has a status.</summary>
    public static void ResetResponse(HttpContext context)
    {
        context.Response.Clear();
        context.Features.Set<IForwarderErrorFeature>(null);
    }

    private void RefusedBy(Node node, Handshake handshake, int answer)
    {
        Answered(node);
        if (IsNodesFault(answer))
        {
            events.Failed(node.Key);
        }

        metrics.HandshakeRefused(node);
        SpanOf(handshake)?.Completed(RefusedByNode);
        access.AddRefusal(RefusalOf(handshake, node, RefusedByNode, answer));
    }

    private static bool IsNotUpgraded(Handshake handshake) => handshake.IsUpgraded
        && handshake.Context.GetForwarderErrorFeature()?.Error == ForwarderError.UpgradeResponseClient;

    // The node accepted the handshake, and the server did not upgrade the client's connection, as above its limit of
    // upgraded connections. YARP leaves the node's 101 as the response; a rejection replaces it.
    private void NotUpgraded(Handshake handshake, Node node)
    {
        Answered(node);
        var context = handshake.Context;
        PlacementLog.AttemptFailed(logger, node.Id, node.Key.Cluster, AttemptOutcome.OwnFault, ReasonIn(context));
        if (context.Response.HasStarted || handshake.IsClientDisconnected)
        {
            Abandoned(handshake, node);
            return;
        }

        AttemptFailed(context, node, AttemptOutcome.OwnFault);
        context.Response.Clear();
        context.Response.StatusCode = StatusCodes.Status503ServiceUnavailable;
    }

    private AttemptOutcome Failed(HttpContext context, Node node, NodeTrial? trial, double waited)
    {
        var failure = FailureOf(context, node);
        if (failure == AttemptOutcome.Silent)
        {
            NotAnswered(node, trial, waited);
        }
        else if (IsReaction(failure, context.GetForwarderErrorFeature()))
        {
            health.HandshakeAnswered(node);
        }

        AttemptFailed(context, node, failure);
        if (failure is AttemptOutcome.NotConnected or AttemptOutcome.Reset or AttemptOutcome.Silent
            or AttemptOutcome.Refused)
        {
            events.Failed(node.Key);
        }

        return failure;
    }

    private void AttemptFailed(HttpContext context, Node node, AttemptOutcome failure)
    {
        metrics.HandshakeFailed(node, failure);
        context.Features.Get<PlacementSpan>()?.AttemptFailed(node, failure);
    }

    // A response that has begun is sent to the client, whatever the failure.
    private AttemptOutcome FailureOf(HttpContext context, Node node)
    {
        var error = context.GetForwarderErrorFeature();
        var failure = error is null ? AttemptOutcome.Final : AttemptOutcomeOf.Error(error);
        var why = ReasonIn(context);
        PlacementLog.AttemptFailed(logger, node.Id, node.Key.Cluster, failure, why);
        switch (failure)
        {
            case AttemptOutcome.NotConnected:
                health.ConnectFailed(node, why);
                break;
            case AttemptOutcome.Draining:
                health.Announced(node);
                break;
        }

        return context.Response.HasStarted ? AttemptOutcome.Final : failure;
    }

    private static string ReasonIn(HttpContext context) =>
        context.GetForwarderErrorFeature()?.Exception?.GetBaseException().Message ?? "no reason given";

    private void Answered(Node node)
    {
        health.ConnectSucceeded(node);
        health.HandshakeAnswered(node);
    }

    // The node had not answered when the time of the attempt was over, or the client disconnected.
    private void NotAnswered(Node node, NodeTrial? trial, double waited)
    {
        if (waited >= MinWait)
        {
            health.HandshakeNotAnswered(node, trial);
        }
    }

    private static PlacementSpan? SpanOf(Handshake handshake) => handshake.Context.Features.Get<PlacementSpan>();

    private static AccessRefusal RefusalOf(Handshake handshake, Node node, string reason, int? status) => new(
        reason, status, node.Key.Cluster, handshake.Context.Features, node.Id, handshake.User, handshake.Times);

    // With these statuses a node refuses the client, which is not a fault of the node. Any other response than a
    // WebSocket shows that the node cannot serve its users.
    private static bool IsNodesFault(int answer) => answer is not (
        StatusCodes.Status400BadRequest or StatusCodes.Status401Unauthorized
        or StatusCodes.Status403Forbidden or StatusCodes.Status429TooManyRequests);

    // A node that reacts is not silent: a process that hangs does not even close a connection.
    private static bool IsReaction(AttemptOutcome failure, IForwarderErrorFeature? error) =>
        failure is AttemptOutcome.Reset or AttemptOutcome.Draining or AttemptOutcome.Refused
        || error?.Exception is HttpRequestException { HttpRequestError: HttpRequestError.InvalidResponse };
}
