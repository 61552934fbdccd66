using Microsoft.AspNetCore.Http;
using WsBalancer.Proxy.Admission;
using WsBalancer.Proxy.Placement.Http;
using Yarp.ReverseProxy.Forwarder;

namespace WsBalancer.Proxy.Placement;

/// <summary>The reasons for which a forwarded request has no response of a node.</summary>
internal static class ForwardingRejection
{
    public static readonly Rejection NodeFailed = new(
        "node_failed",
        StatusCodes.Status502BadGateway,
        "The node failed",
        "The node could not be reached, or closed the connection before it had answered. What it has done with the "
            + "request is not known.");

    public static readonly Rejection NodeTimeout = new(
        "node_timeout",
        StatusCodes.Status504GatewayTimeout,
        "The node did not answer in time",
        "The node took the request and did not answer it. What it has done with it is not known.");

    public static readonly Rejection NodeAnswer = new(
        "node_answer",
        StatusCodes.Status502BadGateway,
        "Bad answer of the node",
        "The node's answer is not valid HTTP, or its head is too long.");

    public static readonly Rejection NotWebSocket = new(
        "not_a_websocket",
        StatusCodes.Status502BadGateway,
        "The node opened no WebSocket",
        "The node answered with 101, but without the headers of a WebSocket.");

    public static readonly Rejection NotSent = new(
        "request_not_sent",
        StatusCodes.Status502BadGateway,
        "The request cannot be sent to the node",
        "The node's address, or what a transform made of the request, does not allow it.");

    public static readonly Rejection RequestBody = new(
        "request_body",
        StatusCodes.Status400BadRequest,
        "The request's body could not be read",
        "The connection ended within the body, or the body is not valid.");

    public static readonly Rejection BodyTimeout = new(
        "body_timeout",
        StatusCodes.Status408RequestTimeout,
        "The request's body was not sent in time",
        "The client sent nothing of the announced body for too long.");

    /// <summary>The reason of an error of YARP's forwarder.</summary>
    /// <param name="error">The error.</param>
    /// <param name="status">The status of the response.</param>
    public static Rejection Of(IForwarderErrorFeature error, int status) => (error.Error, status) switch
    {
        _ when BodyErrorOf(error.Exception) is { } refused && refused.StatusCode == status =>
            ServerRejection.Of(refused),
        (_, StatusCodes.Status408RequestTimeout) => BodyTimeout,
        (ForwarderError.UpgradeResponseClient, StatusCodes.Status503ServiceUnavailable) => Rejection.Other(status),
        (_, StatusCodes.Status503ServiceUnavailable) => Rejection.NoNode,
        (ForwarderError.RequestTimedOut, StatusCodes.Status504GatewayTimeout) => NodeTimeout,
        (ForwarderError.RequestBodyClient, StatusCodes.Status400BadRequest) => RequestBody,
        (ForwarderError.ResponseHeaders or ForwarderError.UpgradeResponseClient, StatusCodes.Status502BadGateway) =>
            NodeAnswer,
        (ForwarderError.RequestCreation, StatusCodes.Status502BadGateway) => NotSent,
        (ForwarderError.Request or ForwarderError.RequestBodyClient or ForwarderError.RequestBodyDestination,
            StatusCodes.Status502BadGateway) => OfAttempt(AttemptErrorOf(error.Exception)),
        (_, StatusCodes.Status502BadGateway) => NodeFailed,
        (_, StatusCodes.Status504GatewayTimeout) => NodeTimeout,
        _ => Rejection.Other(status),
    };

    private static Rejection OfAttempt(Exception? failure) => failure switch
    {
        NodeSilentException => NodeTimeout,
        NotWebSocketException => NotWebSocket,
        HttpRequestException { HttpRequestError: HttpRequestError.InvalidResponse }
            or HttpRequestException { HttpRequestError: HttpRequestError.ConfigurationLimitExceeded } => NodeAnswer,
        HttpRequestException { HttpRequestError: HttpRequestError.Unknown, InnerException: null } => NotSent,
        _ => NodeFailed,
    };

    // YARP reports an error of the body together with the error of the attempt.
    private static Exception? AttemptErrorOf(Exception? exception) => exception is AggregateException all
        ? all.InnerExceptions.OfType<HttpRequestException>().FirstOrDefault()
        : exception;

    // A body timeout and the end of the node are found by the balancer, not by the server.
    private static BadHttpRequestException? BodyErrorOf(Exception? exception) => exception switch
    {
        AggregateException all => all.InnerExceptions.Select(BodyErrorOf).FirstOrDefault(found => found is not null),
        BodyTimeoutException or NodeEndedException => null,
        BadHttpRequestException refused => refused,
        _ => null,
    };
}
