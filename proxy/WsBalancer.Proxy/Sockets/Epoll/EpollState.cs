namespace WsBalancer.Proxy.Sockets.Epoll;

/// <summary>What an <see cref="EpollSocket"/> is about.</summary>
[Flags]
internal enum EpollState : ushort
{
    None = 0,

    /// <summary>connect(2) is under way.</summary>
    Connecting = 1,

    /// <summary>The kernel took less than it was given; an event will say when it takes more.</summary>
    Full = 2,

    /// <summary>Somebody was told that less was taken, and waits to be told when there is room.</summary>
    Short = 4,

    /// <summary>What comes is told.</summary>
    Receiving = 8,

    /// <summary>The loop will call again.</summary>
    Again = 16,

    /// <summary>The peer's end was told.</summary>
    Ended = 32,

    /// <summary>FIN is to follow what is kept.</summary>
    Finishing = 64,

    /// <summary>An event has said that an end or an error follows what is yet to be received.</summary>
    Last = 128,

    /// <summary>The connection is gone. What had come before is told first.</summary>
    Broken = 256,

    /// <summary>That was told, or the socket is closed: there is nothing more to do.</summary>
    Over = 512,
}
