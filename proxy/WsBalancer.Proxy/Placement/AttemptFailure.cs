using WsBalancer.Proxy.Sockets;
using Yarp.ReverseProxy.Forwarder;

namespace WsBalancer.Proxy.Placement;

/// <summary>Why an attempt failed, as far as it matters to what is done next.</summary>
internal enum AttemptFailure
{
    /// <summary>Not in a way that another node could mend.</summary>
    Final,

    /// <summary>The node could not be connected to: nothing was sent.</summary>
    NotConnected,

    /// <summary>The same, for want of something on this machine.</summary>
    OwnFault,

    /// <summary>The node ended the connection before it answered.</summary>
    Reset,

    /// <summary>The node did not answer in time.</summary>
    Silent,

    /// <summary>The node answered that it drains.</summary>
    Draining,

    /// <summary>The node answered with a status that is configured to be retried.</summary>
    Refused,
}

/// <summary>Tells failures of an attempt apart.</summary>
internal static class AttemptFailureOf
{
    /// <summary>What the forwarder's error comes to.</summary>
    public static AttemptFailure Error(IForwarderErrorFeature error) => error.Exception switch
    {
        NodeDrainingException => AttemptFailure.Draining,
        NodeRefusedException => AttemptFailure.Refused,
        NodeSilentException => AttemptFailure.Silent,
        HttpRequestException failure when error.Error is ForwarderError.Request => Of(failure),
        _ => AttemptFailure.Final,
    };

    private static AttemptFailure Of(HttpRequestException failure) => failure.HttpRequestError switch
    {
        HttpRequestError.ConnectionError or HttpRequestError.SecureConnectionError
            or HttpRequestError.NameResolutionError =>
            OwnFault.Is(failure) ? AttemptFailure.OwnFault : AttemptFailure.NotConnected,
        HttpRequestError.ResponseEnded => AttemptFailure.Reset,
        HttpRequestError.Unknown when failure.InnerException is IOException => AttemptFailure.Reset,
        _ => AttemptFailure.Final,
    };
}

/// <summary>A node answered with the announcement that it drains, and the request can go to another.</summary>
internal sealed class NodeDrainingException() : HttpRequestException("The node announced that it drains.");

/// <summary>A node answered with a status that is configured to be retried.</summary>
internal sealed class NodeRefusedException(int status) : HttpRequestException($"The node answered with {status}.");

/// <summary>A node did not answer within the time that its attempt was given.</summary>
internal sealed class NodeSilentException() : HttpRequestException("The node did not answer in time.");
