using System.Runtime.InteropServices;

namespace WsBalancer.Cli;

/// <summary>The exit codes of <c>wsbalancer</c>, on which scripts depend.</summary>
internal static class ExitCode
{
    public const int Done = 0;

    /// <summary>The request was refused, names something unknown, or was not finished by the deadline.</summary>
    public const int Failed = 1;

    /// <summary>A wrong command line or a wrong configuration: a retry does not help.</summary>
    public const int Usage = 2;

    public const int Unreachable = 3;

    // Shells report 128 plus the number of the signal. The numbers are the same on Linux and macOS.
    private const int SignalBase = 128;

    /// <summary>The exit code that a shell reports for a program that a signal has ended.</summary>
    public static int OfSignal(PosixSignal signal) => signal switch
    {
        PosixSignal.SIGHUP => SignalBase + 1,
        PosixSignal.SIGINT => SignalBase + 2,
        PosixSignal.SIGQUIT => SignalBase + 3,
        PosixSignal.SIGTERM => SignalBase + 15,
        _ => Failed,
    };
}
