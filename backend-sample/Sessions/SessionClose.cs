using System.Net.WebSockets;

namespace WsBalancer.BackendSample.Sessions;

/// <summary>Why the node closes a session, and what it says on the wire.</summary>
/// <param name="Status">The code of the Close frame.</param>
/// <param name="Reason">The text in it.</param>
/// <param name="DropsQueue">Whether what waits to be sent is dropped, instead of sent first.</param>
internal sealed record SessionClose(WebSocketCloseStatus Status, string? Reason, bool DropsQueue)
{
    public static readonly SessionClose ServiceRestart =
        new((WebSocketCloseStatus)1012, "service restart", false);

    public static readonly SessionClose MessageTooBig =
        new(WebSocketCloseStatus.MessageTooBig, "message too big", false);

    /// <summary>1013, and not 1009: nothing is wrong with the message, and later it may pass.</summary>
    public static readonly SessionClose OutOfMemory =
        new((WebSocketCloseStatus)1013, "too many messages under way", true);

    public static readonly SessionClose SlowConsumer =
        new((WebSocketCloseStatus)4008, "slow consumer", true);

    /// <summary>The answer to a client's Close frame: its own code, or 1000 to a frame without one (1005).</summary>
    public static SessionClose AnswerTo(WebSocketCloseStatus? status) => new(
        status is null or WebSocketCloseStatus.Empty ? WebSocketCloseStatus.NormalClosure : status.Value, null, true);
}
