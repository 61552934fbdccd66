namespace WsBalancer.EndToEnd.Tests.RandomTunnels;

/// <summary>What one side of a tunnel does.</summary>
/// <param name="Stream">What it sends.</param>
/// <param name="BeforeLastPart">What it waits for before the last part.</param>
/// <param name="Leaving">How it leaves when all is sent.</param>
/// <param name="BeforeLeaving">What it waits for before that.</param>
internal sealed record SideScript(SentStream Stream, Hold BeforeLastPart, Leaving Leaving, Hold BeforeLeaving)
{
    /// <summary>What it does when somebody else than its peer closes the tunnel.</summary>
    public AfterClose AfterClose { get; init; }

    /// <summary>How much of the stream goes out with the handshake, in one piece.</summary>
    public int WithHandshake { get; init; }

    public required Pace Writing { get; init; }

    public required Pace Reading { get; init; }

    public override string ToString() =>
        $"{Stream}; before the last part waits for {BeforeLastPart}, " +
        $"then {Leaving}{(BeforeLeaving == Hold.Nothing ? "" : $" after {BeforeLeaving}")}; " +
        $"when closed {AfterClose}; {WithHandshake} bytes with the handshake; " +
        $"writes {Writing}; reads {Reading}";
}

/// <summary>What a side waits for.</summary>
internal enum Hold
{
    Nothing,

    /// <summary>Everything of the peer's but its last part.</summary>
    PeersBody,

    /// <summary>Everything of the peer's up to its Close.</summary>
    PeersClose,

    /// <summary>Everything of the peer's.</summary>
    PeersAll,
}

/// <summary>How a side leaves.</summary>
internal enum Leaving
{
    /// <summary>When the peer has left.</summary>
    WithPeer,
    Fin,
    Reset,
}

/// <summary>What a client does when the balancer closes its tunnel.</summary>
internal enum AfterClose
{
    /// <summary>Says all that it had to say, then answers.</summary>
    FinishAll,

    /// <summary>Ends the frame it is in, and answers.</summary>
    FinishFrame,

    /// <summary>Leaves at once, in order.</summary>
    Leave,

    /// <summary>Reads on and says nothing more.</summary>
    Mute,
}
