namespace WsBalancer.Sockets.Uring;

// The request to receive of a socket, and the peer's FIN, which ends it. No other transition is allowed.
//
// | from | event | to | submitted |
// | --- | --- | --- | --- |
// | Idle | the handler receives; connected, no backlog, no release | Pending | the receive |
// | Pending | a failure is deferred; BeginRelease; Close, Reset | Cancelling | its cancellation |
// | Cancelling | the cancellation has failed | Pending | |
// | Pending, Cancelling | a completion that is not the last: bytes | the same | |
// | Pending, Cancelling | the last completion: bytes, an error, cancelled | Idle | |
// | Pending, Cancelling | the last completion: the kernel had no buffer | AwaitsBuffers | |
// | Pending, Cancelling | the last completion: FIN | EofReceived | |
// | AwaitsBuffers | the loop has buffers | Idle | |
// | EofReceived | the handler receives, and the backlog is empty: OnEof | EofDelivered | |
//
// After a transition to Idle or Pending, the next one follows in the same call if its reason still holds. From
// LifeState.Failed on, and while a failure is deferred, the last completion leads to Idle, whatever its result is; a
// deferred failure then follows in the same call.
//
// The order of the values counts: from EofReceived on, the FIN was received.

/// <summary>The receiving side of a <see cref="UringSocket"/>.</summary>
internal enum ReceiveState : byte
{
    /// <summary>No receive is requested.</summary>
    Idle,

    /// <summary>The loop has no buffers to receive into; the socket waits for them.</summary>
    AwaitsBuffers,

    /// <summary>A request to receive is pending.</summary>
    Pending,

    /// <summary>The pending request to receive is being cancelled.</summary>
    Cancelling,

    /// <summary>The peer's FIN was received. Nothing more is requested.</summary>
    EofReceived,

    /// <summary>The handler was notified of the FIN.</summary>
    EofDelivered,
}
