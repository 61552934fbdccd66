using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using WsBalancer.Proxy.Fleet;
using WsBalancer.Proxy.Health;
using Yarp.ReverseProxy.Forwarder;

namespace WsBalancer.Proxy.Placement;

/// <summary>Determines why an attempt failed, and reports the results of attempts to the health of the node.</summary>
internal sealed class AttemptJudge(HealthMonitor health, ILogger<AttemptJudge> logger)
{
    // The part of the timeout after which a silent node counts as not answering. A later attempt may have less time,
    // too little to judge the node. The part is just below a half, since many clients have a timeout below that of the
    // handshake, and their disconnect also shows that the node is silent.
    private const double MinWait = 0.45;

    /// <summary>Judges a failed attempt of any request.</summary>
    public AttemptOutcome Judge(HttpContext context, Node node)
    {
        var error = context.GetForwarderErrorFeature();
        var failure = error is null ? AttemptOutcome.Done : AttemptFailureOf.Error(error);
        var why = error?.Exception?.GetBaseException().Message ?? "no reason given";
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

        return context.Response.HasStarted ? AttemptOutcome.Done : failure;
    }

    /// <summary>Judges a failed attempt of a handshake.</summary>
    /// <param name="context">The client's request.</param>
    /// <param name="node">The node of the attempt.</param>
    /// <param name="trial">The trial, if a silent node is tried with the attempt.</param>
    /// <param name="waited">The part of the attempt's time that has passed.</param>
    public AttemptOutcome JudgeHandshake(HttpContext context, Node node, NodeTrial? trial, double waited)
    {
        var failure = Judge(context, node);
        if (failure == AttemptOutcome.Silent)
        {
            NotAnswered(node, trial, waited);
        }
        else if (IsReaction(failure, context.GetForwarderErrorFeature()))
        {
            health.HandshakeAnswered(node);
        }

        return failure;
    }

    /// <summary>The node answered a plain request.</summary>
    public void Answered(Node node) => health.ConnectSucceeded(node);

    /// <summary>The node answered a handshake.</summary>
    public void HandshakeAnswered(Node node)
    {
        health.ConnectSucceeded(node);
        health.HandshakeAnswered(node);
    }

    /// <summary>
    /// Reports a handshake that the node had not answered when its time was over or its client disconnected.
    /// </summary>
    /// <param name="node">The node.</param>
    /// <param name="trial">The trial, if a silent node is tried with the handshake.</param>
    /// <param name="waited">The part that has passed of the handshake's timeout, or of the trial's.</param>
    public void NotAnswered(Node node, NodeTrial? trial, double waited)
    {
        if (waited >= MinWait)
        {
            health.HandshakeNotAnswered(node, trial);
        }
    }

    /// <summary>Resets the response: the forwarder refuses a request whose response has a status.</summary>
    public static void ResetResponse(HttpContext context)
    {
        context.Response.Clear();
        context.Features.Set<IForwarderErrorFeature>(null);
    }

    // A node that reacts is not silent: a process that hangs does not even close a connection.
    private static bool IsReaction(AttemptOutcome failure, IForwarderErrorFeature? error) =>
        failure is AttemptOutcome.Reset or AttemptOutcome.Draining or AttemptOutcome.Refused
        || error?.Exception is HttpRequestException { HttpRequestError: HttpRequestError.InvalidResponse };
}
