namespace WsBalancer.Sockets.Uring;

// The room to send of a socket, and the poll for room. No other transition is allowed.
//
// | from | event | to | submitted |
// | --- | --- | --- | --- |
// | Ready | adopted with a pending connect | Connecting | a poll for room |
// | Ready | the kernel took fewer bytes than it was given | Full | a poll for room |
// | ReadyPolling | the kernel took fewer bytes than it was given | Full | |
// | Connecting, Full, ReadyPolling | the last completion: FIN of the peer, no room | the same | a multishot poll |
// | Connecting, Full, ReadyPolling | a completion that is not the last: FIN of the peer, no room | the same | |
// | Connecting, Full, ReadyPolling | the last completion: room, or an error | Ready | |
// | Connecting, Full, ReadyPolling | a completion that is not the last: room, or an error | ReadyPolling | |
//
// A poll for room is pending in each state but Ready. From LifeState.Failed on, the last completion leads to Ready, and
// the others change nothing.

/// <summary>The sending side of a <see cref="UringSocket"/>.</summary>
internal enum SendState : byte
{
    /// <summary>The kernel has room, as far as is known.</summary>
    Ready,

    /// <summary>The kernel has room, and a multishot poll for room is still pending.</summary>
    ReadyPolling,

    /// <summary>connect(2) is pending; the poll for room will report its end.</summary>
    Connecting,

    /// <summary>The kernel took fewer bytes than it was given; the poll will report when there is room.</summary>
    Full,
}
