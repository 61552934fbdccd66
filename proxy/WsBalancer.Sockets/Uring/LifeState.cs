namespace WsBalancer.Sockets.Uring;

// The life of a socket: its first poll for errors, its failure, and the end of its descriptor. No other transition is
// allowed, and none leads back.
//
// | from | event | to | submitted |
// | --- | --- | --- | --- |
// | Starting | connected; then a call of the loop, a completion, or CancelRelease | Open | the poll for errors |
// | Open | the poll for errors has ended without an error | Open | another poll |
// | Starting, Open, Failed | an error of the kernel, or no memory for bytes | Failed | |
// | Failed | a call of the loop, after the completions that were there | FailureDelivered | |
// | Starting, Open, Failed, FailureDelivered | Close, Reset | Closing | cancellations of the pending requests |
// | Starting, Open | Release | Released | cancellations of the pending polls |
// | Closing, Released | no request and no call is pending | Removed | |
//
// Cancellations are submitted in the order receive, room, errors; all of them again when one has failed. The descriptor
// is closed with the last transition, but not after Released.
//
// The order of the values counts: a socket is alive before Failed, and its events end with FailureDelivered.

/// <summary>The life of a <see cref="UringSocket"/>, from its adoption to the end of its descriptor.</summary>
internal enum LifeState : byte
{
    /// <summary>The poll for errors was not requested yet.</summary>
    Starting,

    /// <summary>The poll for errors was requested, and is pending until it reports one.</summary>
    Open,

    /// <summary>The connection has failed. Bytes that were received before are delivered first.</summary>
    Failed,

    /// <summary>The handler was notified of the failure: no more events.</summary>
    FailureDelivered,

    /// <summary>Closed; a request or a call may still be pending.</summary>
    Closing,

    /// <summary>Closed, except for the descriptor, which has another owner.</summary>
    Released,

    /// <summary>Removed from the loop. Nothing is pending, and an own descriptor is closed.</summary>
    Removed,
}
