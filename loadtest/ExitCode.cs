namespace WsBalancer.LoadTest;

/// <summary>The exit codes of <c>wsload</c>, documented in loadtest/README.md.</summary>
internal static class ExitCode
{
    public const int Success = 0;

    /// <summary>
    /// Nothing could be measured (no connection succeeded), or the report could not be written; in a comparison,
    /// something failed or was lost.
    /// </summary>
    public const int Failed = 1;

    public const int Usage = 2;

    /// <summary>A threshold was missed. k6 uses the same number, so pipelines need no special case.</summary>
    public const int ThresholdMissed = 99;

    /// <summary>The run was stopped by SIGINT or SIGTERM. The shell's number for SIGINT, used for both.</summary>
    public const int Stopped = 130;
}
