using System.Net;

namespace WsBalancer.BackendSample.Nats;

// Event ids 600-699 are reserved for NATS. The next free one is 604.
internal static partial class NatsLog
{
    [LoggerMessage(600, LogLevel.Warning,
        "NATS at {Endpoint} is away or does not answer. Messages reach this node only; it is tried again without end.",
        EventName = "NatsIsAway")]
    public static partial void NatsIsAway(ILogger logger, EndPoint endpoint);

    [LoggerMessage(601, LogLevel.Information,
        "NATS at {Endpoint} is back. Messages reach all nodes.", EventName = "NatsIsBack")]
    public static partial void NatsIsBack(ILogger logger, EndPoint endpoint);

    // The lines below can be thousands while NATS is away, and the warning above covers them all.
    [LoggerMessage(602, LogLevel.Debug, "Could not {Work} '{Channel}'.", EventName = "NatsFailed")]
    public static partial void Failed(ILogger logger, string work, string channel, Exception failure);

    [LoggerMessage(603, LogLevel.Debug, "NATS did not answer.", EventName = "NatsProbeFailed")]
    public static partial void ProbeFailed(ILogger logger, Exception failure);
}
