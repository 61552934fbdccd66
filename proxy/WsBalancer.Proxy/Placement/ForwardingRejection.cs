using Microsoft.AspNetCore.Http;
using Yarp.ReverseProxy.Forwarder;

namespace WsBalancer.Proxy.Placement;

/// <summary>The reasons for which a request that was forwarded got no answer of a node.</summary>
internal static class ForwardingRejection
{
    public static readonly Rejection NodeFailed = new(
        "node_failed",
        StatusCodes.Status502BadGateway,
        "The node failed",
        "The node could not be reached, or ended the connection before it answered.");

    public static readonly Rejection NodeTimeout = new(
        "node_timeout", StatusCodes.Status504GatewayTimeout, "The node did not answer", "Try again later.");

    public static readonly Rejection NodeAnswer = new(
        "node_answer",
        StatusCodes.Status502BadGateway,
        "Bad answer of the node",
        "The node's answer is not valid HTTP.");

    public static readonly Rejection RequestBody = new(
        "request_body",
        StatusCodes.Status400BadRequest,
        "The request's body could not be read",
        "The connection ended within the body, or the body is not valid.");

    /// <summary>The reason that stands for an error of YARP's forwarder.</summary>
    /// <param name="error">The error.</param>
    /// <param name="status">The status that it led to.</param>
    public static Rejection Of(IForwarderErrorFeature error, int status) => (error.Error, status) switch
    {
        _ when error.Exception is BadHttpRequestException refused && refused.StatusCode == status =>
            ServerRejection.Of(refused),
        (_, StatusCodes.Status503ServiceUnavailable) => Rejection.NoNode,
        (ForwarderError.RequestTimedOut, StatusCodes.Status504GatewayTimeout) => NodeTimeout,
        (ForwarderError.RequestBodyClient, StatusCodes.Status400BadRequest) => RequestBody,
        (ForwarderError.ResponseHeaders or ForwarderError.UpgradeResponseClient, StatusCodes.Status502BadGateway) =>
            NodeAnswer,
        (_, StatusCodes.Status502BadGateway) => NodeFailed,
        (_, StatusCodes.Status504GatewayTimeout) => NodeTimeout,
        _ => Rejection.Other(status),
    };
}
