namespace WsBalancer.LoadTest.Runs;

/// <summary>What a run is doing now; each phase begins when the one before it is complete.</summary>
internal enum RunPhase
{
    Connecting,
    Holding,

    /// <summary>Nothing is sent any more; missing echoes may still come.</summary>
    Settling,

    Closing,
}
