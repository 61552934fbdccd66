using Microsoft.AspNetCore.Http;
using Yarp.ReverseProxy.Forwarder;

namespace WsBalancer.Proxy.Placement;

/// <summary>What the client is answered when an attempt has failed and no other node is tried.</summary>
internal static class FailedAttempt
{
    /// <summary>
    /// The rejection that stands for a forwarder's error; null if the client has the node's answer, or is disconnected.
    /// </summary>
    public static Rejection? RejectionOf(HttpContext context)
    {
        var error = context.GetForwarderErrorFeature();
        if (error is null || context.Response.HasStarted)
        {
            return null;
        }

        return error.Error switch
        {
            ForwarderError.RequestTimedOut => Rejection.NodeSilent,
            ForwarderError.RequestCreation => Rejection.RequestNotSent,
            ForwarderError.Request => Of(error.Exception),
            ForwarderError.RequestBodyClient => OfBody(context.Response.StatusCode),
            ForwarderError.RequestBodyDestination => Rejection.NodeLost,
            ForwarderError.ResponseHeaders => Rejection.InvalidResponse,
            ForwarderError.ResponseBodyDestination => Rejection.NodeLost,
            _ => null,
        };
    }

    private static Rejection Of(Exception? failure) => failure switch
    {
        NodeSilentException => Rejection.NodeSilent,
        Http.NotWebSocketException => Rejection.NotWebSocket,
        HttpRequestException
        {
            HttpRequestError: HttpRequestError.InvalidResponse or HttpRequestError.ConfigurationLimitExceeded
        } => Rejection.InvalidResponse,
        HttpRequestException
        {
            HttpRequestError: HttpRequestError.ResponseEnded or HttpRequestError.Unknown, InnerException: IOException
        } => Rejection.NodeLost,
        HttpRequestException { HttpRequestError: HttpRequestError.Unknown } => Rejection.RequestNotSent,
        _ => Rejection.NodeLost,
    };

    // YARP takes the status over from the server's own exception.
    private static Rejection OfBody(int status) => status switch
    {
        StatusCodes.Status408RequestTimeout => Rejection.BodyTimeout,
        StatusCodes.Status413PayloadTooLarge => Rejection.BodyTooLarge,
        _ => Rejection.RequestBody,
    };
}
