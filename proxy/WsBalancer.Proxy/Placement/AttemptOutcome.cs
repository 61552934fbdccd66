using WsBalancer.Sockets.Tcp;
using Yarp.ReverseProxy.Forwarder;

namespace WsBalancer.Proxy.Placement;

/// <summary>The outcome of an attempt, as far as the next step depends on it.</summary>
internal enum AttemptOutcome
{
    /// <summary>
    /// No other node is tried: the response as it is now is sent to the client. Also the result of an attempt that did
    /// not fail.
    /// </summary>
    Final,

    /// <summary>The node could not be connected to: nothing was sent.</summary>
    NotConnected,

    /// <summary>
    /// The node could not be connected to, because this machine lacks descriptors, ports, buffers or memory; or the
    /// node accepted, and the server did not upgrade the client's connection.
    /// </summary>
    OwnFault,

    /// <summary>The node closed the connection before it responded.</summary>
    Reset,

    /// <summary>The node did not respond in time.</summary>
    Silent,

    /// <summary>The node responded that it drains.</summary>
    Draining,

    /// <summary>The node responded with a status that is configured for a retry.</summary>
    Refused,
}

/// <summary>Determines the outcomes of attempts that failed.</summary>
internal static class AttemptOutcomeOf
{
    /// <summary>The outcome that an error of the forwarder reports.</summary>
    public static AttemptOutcome Error(IForwarderErrorFeature error) => error.Exception switch
    {
        NodeDrainingException => AttemptOutcome.Draining,
        NodeRefusedException => AttemptOutcome.Refused,
        NodeSilentException => AttemptOutcome.Silent,
        HttpRequestException failure when error.Error is ForwarderError.Request => Of(failure),
        _ => AttemptOutcome.Final,
    };

    private static AttemptOutcome Of(HttpRequestException failure) => failure.HttpRequestError switch
    {
        HttpRequestError.ConnectionError or HttpRequestError.SecureConnectionError
            or HttpRequestError.NameResolutionError =>
            LocalFault.Is(failure) ? AttemptOutcome.OwnFault : AttemptOutcome.NotConnected,
        HttpRequestError.ResponseEnded => AttemptOutcome.Reset,
        HttpRequestError.Unknown when failure.InnerException is IOException => AttemptOutcome.Reset,
        _ => AttemptOutcome.Final,
    };
}

/// <summary>A node announced in its response that it drains, and the request can be sent to another node.</summary>
internal sealed class NodeDrainingException() : HttpRequestException("The node announced that it drains.");

/// <summary>A node responded with a status that is configured for a retry.</summary>
internal sealed class NodeRefusedException(int status) : HttpRequestException($"The node answered with {status}.");

/// <summary>A node did not respond within the time limit of its attempt.</summary>
internal sealed class NodeSilentException() : HttpRequestException("The node did not answer in time.");
