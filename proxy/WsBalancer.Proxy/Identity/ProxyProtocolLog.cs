using System.Net;
using Microsoft.Extensions.Logging;
using WsBalancer.Sockets.ProxyProtocol;

namespace WsBalancer.Proxy.Identity;

// Event ids 600-649 belong to identity. The next free one is 604.
internal static partial class ProxyProtocolLog
{
    [LoggerMessage(600, LogLevel.Warning,
        "A connection from {Peer}, which is in WsBalancer:ProxyProtocol:From, is closed: its PROXY header is {Fault}. "
        + "{Suppressed} more were closed since the last such line; further ones are logged at Debug for 10 s.")]
    public static partial void HeaderRefused(ILogger logger, EndPoint peer, ProxyHeaderFault fault, long suppressed);

    [LoggerMessage(601, LogLevel.Debug, "A connection from {Peer} is closed: its PROXY header is {Fault}.")]
    public static partial void AnotherHeaderRefused(ILogger logger, EndPoint peer, ProxyHeaderFault fault);

    [LoggerMessage(603, LogLevel.Warning,
        "{Suppressed} more connections from peers in WsBalancer:ProxyProtocol:From were closed for their PROXY header "
        + "in the last 10 s.")]
    public static partial void MoreHeadersRefused(ILogger logger, long suppressed);

    [LoggerMessage(602, LogLevel.Debug, "A connection from {Peer} has ended before its PROXY header.")]
    public static partial void EndedBeforeHeader(ILogger logger, EndPoint peer);
}
