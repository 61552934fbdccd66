using Microsoft.Extensions.Logging;

namespace WsBalancer.Sockets.Transport;

// Of the event ids of sockets, 80-89 belong to the transport. None is free.
internal static partial class TransportLog
{
    [LoggerMessage(80, LogLevel.Debug, "Connection id \"{ConnectionId}\" received FIN.")]
    public static partial void ReceivedFin(ILogger logger, string connectionId);

    [LoggerMessage(81, LogLevel.Debug, "Connection id \"{ConnectionId}\" sending FIN because: \"{Reason}\"")]
    public static partial void SendingFin(ILogger logger, string connectionId, string reason);

    [LoggerMessage(82, LogLevel.Debug, "Connection id \"{ConnectionId}\" sending RST because: \"{Reason}\"")]
    public static partial void SendingRst(ILogger logger, string connectionId, string reason);

    [LoggerMessage(83, LogLevel.Debug, "Connection id \"{ConnectionId}\" reset.")]
    public static partial void Reset(ILogger logger, string connectionId);

    [LoggerMessage(84, LogLevel.Debug, "Connection id \"{ConnectionId}\" communication error.")]
    public static partial void Failed(ILogger logger, Exception exception, string connectionId);

    [LoggerMessage(85, LogLevel.Debug, "Connection id \"{ConnectionId}\" paused.")]
    public static partial void Paused(ILogger logger, string connectionId);

    [LoggerMessage(86, LogLevel.Debug, "A client disconnected before it was accepted ({Error}).")]
    public static partial void NotTaken(ILogger logger, string error);

    [LoggerMessage(87, LogLevel.Error,
        "No client can be accepted ({Error}). Clients are answered with 503 while a descriptor is left for it.")]
    public static partial void ShortageBegan(ILogger logger, string error);

    [LoggerMessage(88, LogLevel.Information,
        "Clients are accepted again; {Refused} were answered with 503 in between.")]
    public static partial void ShortageEnded(ILogger logger, long refused);

    [LoggerMessage(89, LogLevel.Debug, "Connection id \"{ConnectionId}\" closed: its client has sent nothing in time.")]
    public static partial void FirstByteTimedOut(ILogger logger, string connectionId);
}
