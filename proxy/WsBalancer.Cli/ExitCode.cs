namespace WsBalancer.Cli;

/// <summary>What the exit code of <c>wsbalancer</c> says to a script.</summary>
internal static class ExitCode
{
    public const int Done = 0;

    /// <summary>Refused, unknown, or not finished by the deadline.</summary>
    public const int Failed = 1;

    /// <summary>A wrong command line or a wrong configuration: trying again will not help.</summary>
    public const int Usage = 2;

    public const int Unreachable = 3;
}
