namespace WsBalancer.LoadTest;

/// <summary>What <c>wsload</c> tells its caller; documented in loadtest/README.md.</summary>
internal static class ExitCode
{
    public const int Success = 0;

    /// <summary>Nothing could be measured (no connection succeeded), or the report could not be written; in a
    /// comparison, anything failed or was lost.</summary>
    public const int Failed = 1;

    public const int Usage = 2;

    /// <summary>A threshold was missed. The number is k6's, so that pipelines need not learn another.</summary>
    public const int ThresholdMissed = 99;

    /// <summary>The run was stopped by SIGINT or SIGTERM: the shell's number for the former, used for both.</summary>
    public const int Stopped = 130;
}
