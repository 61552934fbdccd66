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

    /// <summary>Nothing comes or goes any more.</summary>
    Failed = 1 << 8,

    /// <summary>That was told.</summary>
    FailureTold = 1 << 9,

    /// <summary>A request to receive is under way.</summary>
    ReceiveAsked = 1 << 10,

    /// <summary>It is being cancelled.</summary>
    ReceiveEnding = 1 << 11,

    /// <summary>A request to say when there is room is under way.</summary>
    RoomAsked = 1 << 12,

    /// <summary>A request to say when the connection fails is under way.</summary>
    WatchAsked = 1 << 13,

    /// <summary>Both ends have ended: there is no failure to watch for.</summary>
    HungUp = 1 << 14,

    /// <summary>Waits for buffers to receive into.</summary>
    Starved = 1 << 15,

    /// <summary>Closed, with nothing under way: the descriptor is closed too.</summary>
    Gone = 1 << 16,
}
