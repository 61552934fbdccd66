using System.Net;
using System.Net.Sockets;
using Microsoft.Extensions.Logging;

namespace WsBalancer.Sockets;

// Event ids 50-99 belong to sockets. The next free one is 59.
internal static partial class SocketsLog
{
    [LoggerMessage(50, LogLevel.Warning,
        "The name '{Host}' cannot be resolved ({Error}); its last addresses are kept.")]
    public static partial void NameNotResolved(ILogger logger, string host, SocketError error);

    [LoggerMessage(58, LogLevel.Information, "The name '{Host}' can be resolved again.")]
    public static partial void NameResolvedAgain(ILogger logger, string host);

    [LoggerMessage(51, LogLevel.Error,
        "A handler on an event loop failed; if it belongs to a socket, that socket is reset.")]
    public static partial void HandlerFailed(ILogger logger, Exception exception);

    [LoggerMessage(57, LogLevel.Warning,
        "Nodes cannot be connected to from {Address} ({Error}): this machine does not have it any more, or not yet.")]
    public static partial void SourceAddressFails(ILogger logger, IPAddress address, string error);
}
