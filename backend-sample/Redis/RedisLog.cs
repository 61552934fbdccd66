using System.Net;

namespace WsBalancer.BackendSample.Redis;

// Event ids 200-299 are reserved for Redis. The next free one is 211.
internal static partial class RedisLog
{
    [LoggerMessage(200, LogLevel.Warning,
        "Redis at {Endpoint} is away or does not answer. Messages reach this node only; it is tried again without end.",
        EventName = "RedisIsAway")]
    public static partial void RedisIsAway(ILogger logger, EndPoint endpoint);

    [LoggerMessage(201, LogLevel.Information,
        "Redis at {Endpoint} is back. Messages reach all nodes.", EventName = "RedisIsBack")]
    public static partial void RedisIsBack(ILogger logger, EndPoint endpoint);

    // The lines below can be thousands while Redis is away, and the warning above covers them all.
    [LoggerMessage(202, LogLevel.Debug, "Could not subscribe to '{Channel}'; it is tried again.",
        EventName = "SubscribeFailed")]
    public static partial void SubscribeFailed(ILogger logger, string channel);

    [LoggerMessage(204, LogLevel.Debug, "It is not known whether a message to '{Channel}' was sent.",
        EventName = "PublishFailed")]
    public static partial void PublishFailed(ILogger logger, string channel, Exception failure);

    [LoggerMessage(205, LogLevel.Debug, "Redis did not answer a probe.", EventName = "ProbeFailed")]
    public static partial void ProbeFailed(ILogger logger, Exception failure);

    [LoggerMessage(206, LogLevel.Debug, "Could not write keys.", EventName = "WriteFailed")]
    public static partial void WriteFailed(ILogger logger, Exception failure);

    [LoggerMessage(207, LogLevel.Debug, "Could not read or store messages of '{Channel}'.", EventName = "StoreFailed")]
    public static partial void StoreFailed(ILogger logger, string channel, Exception failure);

    [LoggerMessage(208, LogLevel.Warning,
        "Redis refused to store messages; clients get an error: {Reason}", EventName = "StoreRefused")]
    public static partial void StoreRefused(ILogger logger, string reason);

    [LoggerMessage(209, LogLevel.Warning,
        "The connection to Redis that subscribes ended, because its input could not be handled.",
        EventName = "SubscriberFailed")]
    public static partial void SubscriberFailed(ILogger logger, Exception failure);

    [LoggerMessage(210, LogLevel.Warning,
        "Redis refused to subscribe, so messages of other nodes are missed: {Reason}",
        EventName = "SubscribeRefused")]
    public static partial void SubscribeRefused(ILogger logger, string reason);
}
