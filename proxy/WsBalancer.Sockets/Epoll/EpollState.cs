namespace WsBalancer.Sockets.Epoll;

/// <summary>The state of an <see cref="EpollSocket"/>.</summary>
[Flags]
internal enum EpollState : ushort
{
    None = 0,

    /// <summary>connect(2) is pending.</summary>
    Connecting = 1,

    /// <summary>The kernel took fewer bytes than it was given; an event will report when there is room.</summary>
    Full = 2,

    /// <summary>A caller's bytes were not all taken: the handler must be notified when there is room.</summary>
    NotifyWritable = 4,

    /// <summary>Received bytes and FIN are delivered to the handler.</summary>
    Receiving = 8,

    /// <summary>The loop will call the socket again without an event.</summary>
    Scheduled = 16,

    /// <summary>The handler was notified of the peer's FIN.</summary>
    EofDelivered = 32,

    /// <summary>FIN must be sent after the kept bytes.</summary>
    ShutdownPending = 64,

    /// <summary>An event has reported that FIN or an error follows the bytes not yet received.</summary>
    EndReported = 128,

    /// <summary>The connection has failed. Bytes that were received before are delivered first.</summary>
    Failed = 256,

    /// <summary>The failure is being delivered, or the socket is closed: nothing more happens.</summary>
    EventsEnded = 512,
}
