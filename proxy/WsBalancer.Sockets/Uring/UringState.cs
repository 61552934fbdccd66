namespace WsBalancer.Sockets.Uring;

/// <summary>The state of a <see cref="UringSocket"/>.</summary>
[Flags]
internal enum UringState
{
    None = 0,

    /// <summary>connect(2) is pending.</summary>
    Connecting = 1 << 0,

    /// <summary>Received bytes and FIN are delivered to the handler.</summary>
    Receiving = 1 << 1,

    /// <summary>The kernel took fewer bytes than it was given; a poll will report when there is room.</summary>
    Full = 1 << 2,

    /// <summary>A caller's bytes were not all taken: the handler must be notified when there is room.</summary>
    NotifyWritable = 1 << 3,

    /// <summary>FIN must be sent after the unsent bytes.</summary>
    ShutdownPending = 1 << 4,

    /// <summary>The loop will call the socket again without a completion.</summary>
    Scheduled = 1 << 5,

    /// <summary>The peer's FIN was received.</summary>
    EofReceived = 1 << 6,

    /// <summary>The handler was notified of the FIN.</summary>
    EofDelivered = 1 << 7,

    /// <summary>The connection has failed. Bytes that were received before are delivered first.</summary>
    Failed = 1 << 8,

    /// <summary>The failure is being delivered, or the socket is closed: no more events.</summary>
    EventsEnded = 1 << 9,

    /// <summary>A request to receive is pending.</summary>
    ReceivePending = 1 << 10,

    /// <summary>The request to receive is being cancelled.</summary>
    ReceiveCancelling = 1 << 11,

    /// <summary>A poll for room to send is pending.</summary>
    RoomPending = 1 << 12,

    /// <summary>A poll for a failure of the connection is pending.</summary>
    WatchPending = 1 << 13,

    /// <summary>The poll for a failure has ended: there is no more failure that it could report.</summary>
    WatchEnded = 1 << 14,

    /// <summary>
    /// The connection has failed; the failure is delivered after the request to receive has completed.
    /// </summary>
    FailureDeferred = 1 << 15,

    /// <summary>The loop has no buffers to receive into; the socket waits for them.</summary>
    AwaitsBuffers = 1 << 16,

    /// <summary>Closed, with no request pending; the descriptor is closed too, unless it was released.</summary>
    DescriptorClosed = 1 << 17,

    /// <summary>The release has begun: nothing more is requested, and bytes that still arrive are delivered.</summary>
    Releasing = 1 << 18,

    /// <summary>Closed, except for the descriptor, which has another owner.</summary>
    Released = 1 << 19,

    /// <summary>The peer has sent FIN, which completes requests that wait for room.</summary>
    PeerEofSeen = 1 << 20,
}
