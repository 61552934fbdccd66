namespace WsBalancer.Proxy.Sockets.Uring;

/// <summary>What a <see cref="UringSocket"/> is doing.</summary>
[Flags]
internal enum UringState
{
    None = 0,

    /// <summary>connect(2) is under way.</summary>
    Connecting = 1 << 0,

    /// <summary>What comes is told.</summary>
    Receiving = 1 << 1,

    /// <summary>The kernel took less than it was given, and will say when there is room.</summary>
    Full = 1 << 2,

    /// <summary>Somebody knows that not all was taken, and waits to be told when there is room.</summary>
    Short = 1 << 3,

    /// <summary>FIN is to follow what is unsent.</summary>
    Finishing = 1 << 4,

    /// <summary>The loop will call again.</summary>
    Again = 1 << 5,

    /// <summary>The peer's end has come.</summary>
    Ended = 1 << 6,

    /// <summary>That was told.</summary>
    EndTold = 1 << 7,

    /// <summary>The connection is gone. What had come before is told first.</summary>
    Broken = 1 << 8,

    /// <summary>That was told, or the socket is closed: nothing is told any more.</summary>
    Over = 1 << 9,

    /// <summary>A request to receive is under way.</summary>
    ReceiveAsked = 1 << 10,

    /// <summary>It is being cancelled.</summary>
    ReceiveEnding = 1 << 11,

    /// <summary>A request to say when there is room is under way.</summary>
    RoomAsked = 1 << 12,

    /// <summary>A request to say when the connection fails is under way.</summary>
    WatchAsked = 1 << 13,

    /// <summary>There is no failure to watch for any more.</summary>
    HungUp = 1 << 14,

    /// <summary>The connection has failed, and the request to receive is to be over before that is told.</summary>
    Failing = 1 << 15,

    /// <summary>Waits for buffers to receive into.</summary>
    Starved = 1 << 16,

    /// <summary>Closed, and with nothing under way any more: so is the descriptor, if it was not released.</summary>
    Gone = 1 << 17,

    /// <summary>It is to be released: nothing is asked for, and what still comes is told.</summary>
    Leaving = 1 << 18,

    /// <summary>Closed, but for the descriptor, which is somebody else's.</summary>
    Released = 1 << 19,

    /// <summary>The peer has sent FIN, which completes requests that wait for room.</summary>
    PeerFinished = 1 << 20,
}
