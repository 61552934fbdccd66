namespace WsBalancer.EndToEnd.Tests.RandomTunnels;

/// <summary>The behaviour of one side of a tunnel.</summary>
/// <param name="Stream">The bytes that the side sends.</param>
/// <param name="BeforeLastPart">The event that the side awaits before the last part.</param>
/// <param name="Leaving">How the side disconnects when all is sent.</param>
/// <param name="BeforeLeaving">The event that the side awaits before it disconnects.</param>
internal sealed record SideScript(SentStream Stream, Hold BeforeLastPart, Leaving Leaving, Hold BeforeLeaving)
{
    /// <summary>The reaction when the balancer, not the peer, closes the tunnel.</summary>
    public AfterClose AfterClose { get; init; }

    /// <summary>The number of bytes that are sent with the handshake, in one piece.</summary>
    public int WithHandshake { get; init; }

    public required Pace Writing { get; init; }

    public required Pace Reading { get; init; }

    public override string ToString() =>
        $"{Stream}; before the last part waits for {BeforeLastPart}, " +
        $"then {Leaving}{(BeforeLeaving == Hold.Nothing ? "" : $" after {BeforeLeaving}")}; " +
        $"when closed {AfterClose}; {WithHandshake} bytes with the handshake; " +
        $"writes {Writing}; reads {Reading}";
}

/// <summary>The condition that a side waits for.</summary>
internal enum Hold
{
    Nothing,

    /// <summary>All bytes of the peer but its last part.</summary>
    PeersBody,

    /// <summary>All bytes of the peer up to its Close.</summary>
    PeersClose,

    /// <summary>All bytes of the peer.</summary>
    PeersAll,
}

/// <summary>How a side disconnects.</summary>
internal enum Leaving
{
    /// <summary>The side disconnects after its peer.</summary>
    WithPeer,
    Fin,
    Reset,
}

/// <summary>The reaction of a client when the balancer closes its tunnel.</summary>
internal enum AfterClose
{
    /// <summary>Sends the rest of its stream, then the answering Close.</summary>
    FinishAll,

    /// <summary>Completes the current frame, then sends the answering Close.</summary>
    FinishFrame,

    /// <summary>Sends FIN at once, without a Close.</summary>
    Leave,

    /// <summary>Continues to read and sends nothing more.</summary>
    Mute,
}
