using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Security.Authentication;

namespace WsBalancer.LoadTest.Load;

/// <summary>Returns the reason why a connection could not be opened, from a small fixed vocabulary.</summary>
internal static class ConnectFailure
{
    public const string Timeout = "timeout";

    public static string Name(Exception failure, HttpStatusCode status)
    {
        if ((int)status is not 0 and not 101)
        {
            return string.Create(CultureInfo.InvariantCulture, $"http{(int)status}");
        }

        for (var cause = failure; cause is not null; cause = cause.InnerException)
        {
            if (NameCause(cause) is { } name)
            {
                return name;
            }
        }

        return "handshake";
    }

    private static string? NameCause(Exception cause) => cause switch
    {
        SocketException socket => NameSocketError(socket.SocketErrorCode),
        AuthenticationException => "tls",
        OperationCanceledException => Timeout,
        HttpRequestException { HttpRequestError: HttpRequestError.ResponseEnded } => "ended",
        HttpIOException { HttpRequestError: HttpRequestError.ResponseEnded } => "ended",
        _ => null,
    };

    private static string NameSocketError(SocketError error) => error switch
    {
        SocketError.ConnectionRefused => "refused",
        SocketError.ConnectionReset => "reset",
        SocketError.TimedOut => Timeout,
        SocketError.HostNotFound or SocketError.TryAgain or SocketError.NoData => "unknownHost",
        SocketError.HostUnreachable or SocketError.NetworkUnreachable => "unreachable",
        SocketError.AddressNotAvailable => "noLocalPort",
        SocketError.TooManyOpenSockets => "noDescriptor",
        _ => "socket" + error,
    };
}
