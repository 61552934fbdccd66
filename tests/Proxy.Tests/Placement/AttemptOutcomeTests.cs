using System.Net.Sockets;
using WsBalancer.Proxy.Placement;
using Yarp.ReverseProxy.Forwarder;

namespace WsBalancer.Proxy.Tests.Placement;

public sealed class AttemptOutcomeTests
{
    public static TheoryData<string, Exception?, ForwarderError> Failures => new()
    {
        { "NotConnected", Failed(HttpRequestError.ConnectionError, Refused), ForwarderError.Request },
        { "NotConnected", Failed(HttpRequestError.SecureConnectionError, null), ForwarderError.Request },
        { "NotConnected", Failed(HttpRequestError.NameResolutionError, null), ForwarderError.Request },
        { "OwnFault", Failed(HttpRequestError.ConnectionError, OutOfFiles), ForwarderError.Request },
        { "Reset", Failed(HttpRequestError.ResponseEnded, null), ForwarderError.Request },
        { "Reset", Failed(HttpRequestError.Unknown, new IOException("x", Reset)), ForwarderError.Request },
        { "Final", Failed(HttpRequestError.Unknown, null), ForwarderError.Request },
        { "Final", Failed(HttpRequestError.InvalidResponse, null), ForwarderError.Request },
        { "Final", Failed(HttpRequestError.ConnectionError, Refused), ForwarderError.RequestBodyClient },
        { "Final", new OperationCanceledException(), ForwarderError.RequestCanceled },
        { "Final", null, ForwarderError.NoAvailableDestinations },
        { "Silent", new NodeSilentException(), ForwarderError.Request },
        { "Draining", new NodeDrainingException(), ForwarderError.Request },
    };

    private static SocketException Refused => new((int)SocketError.ConnectionRefused);

    private static SocketException OutOfFiles => new((int)SocketError.TooManyOpenSockets);

    private static SocketException Reset => new((int)SocketError.ConnectionReset);

    [Theory]
    [MemberData(nameof(Failures), DisableDiscoveryEnumeration = true)]
    public void Failure_IsNamedByTheErrorOfTheForwarder(string expected, Exception? exception, ForwarderError error) =>
        Assert.Equal(expected, AttemptOutcomeOf.Error(new Seen(error, exception)).ToString());

    private static HttpRequestException Failed(HttpRequestError error, Exception? inner) => new(error, "x", inner);

    private sealed record Seen(ForwarderError Error, Exception? Exception) : IForwarderErrorFeature;
}
