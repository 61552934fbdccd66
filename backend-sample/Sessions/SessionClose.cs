using System.Net.WebSockets;

namespace WsBalancer.BackendSample.Sessions;

/// <summary>The reason why the node closes a session, and the Close frame that it sends.</summary>
/// <param name="Status">The status code of the Close frame.</param>
/// <param name="Reason">The reason text of the Close frame.</param>
/// <param name="DropsQueue">Whether queued messages are dropped instead of sent first.</param>
internal sealed record SessionClose(WebSocketCloseStatus Status, string? Reason, bool DropsQueue)
{
    public static readonly SessionClose ServiceRestart =
        new((WebSocketCloseStatus)1012, "service restart", false);

    public static readonly SessionClose MessageTooBig =
        new(WebSocketCloseStatus.MessageTooBig, "message too big", false);

    /// <summary>1013, and not 1009: the message itself is valid, and may be accepted later.</summary>
    public static readonly SessionClose OutOfMemory =
        new((WebSocketCloseStatus)1013, "too many messages under way", true);

    public static readonly SessionClose SlowConsumer =
        new((WebSocketCloseStatus)4008, "slow consumer", true);

    public static readonly SessionClose TokenExpired =
        new((WebSocketCloseStatus)4001, "token expired", false);

    public static readonly SessionClose TooManyMessages =
        new((WebSocketCloseStatus)4029, "too many messages", false);

    public static readonly SessionClose Idle =
        new((WebSocketCloseStatus)4009, "idle", false);

    /// <summary>
    /// The reply to a client's Close frame: the same code, or 1000 for a frame without a code (1005).
    /// </summary>
    public static SessionClose AnswerTo(WebSocketCloseStatus? status) => new(
        status is null or WebSocketCloseStatus.Empty ? WebSocketCloseStatus.NormalClosure : status.Value, null, true);
}

/// <summary>
/// The exceptions of a connection that failed or was aborted: a normal end of a session, not an error.
/// </summary>
internal static class Loss
{
    public static bool Is(Exception failure) => failure
        is WebSocketException or OperationCanceledException or IOException or ObjectDisposedException;
}
