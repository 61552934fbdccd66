using System.Runtime.InteropServices;

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

    // The numbers of the signals, which are the same on Linux and macOS.
    private const int SignalBase = 128;

    /// <summary>As a shell reports a program that a signal has ended.</summary>
    public static int OfSignal(PosixSignal signal) => signal switch
    {
        PosixSignal.SIGHUP => SignalBase + 1,
        PosixSignal.SIGINT => SignalBase + 2,
        PosixSignal.SIGQUIT => SignalBase + 3,
        PosixSignal.SIGTERM => SignalBase + 15,
        _ => Failed,
    };
}
