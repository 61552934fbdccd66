namespace WsBalancer.LoadTest.Runs;

/// <summary>The current phase of a run; each phase begins when the one before it is complete.</summary>
internal enum RunPhase
{
    Connecting,
    Holding,

    /// <summary>No more messages are sent; pending echoes may still be received.</summary>
    Settling,

    Closing,
}
