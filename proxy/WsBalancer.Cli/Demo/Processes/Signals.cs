using System.Runtime.InteropServices;

namespace WsBalancer.Cli.Demo.Processes;

/// <summary>Sends the two signals that .NET cannot send to another process.</summary>
internal static class Signals
{
    private const int Hangup = 1;
    private const int Terminate = 15;

    /// <summary>Makes a balancer read its configuration again.</summary>
    public static void Reload(int process) => Send(process, Hangup);

    /// <summary>Requests the end of a process. A process that has ended already is ignored.</summary>
    public static void RequestEnd(int process) => Send(process, Terminate);

    private static void Send(int process, int signal)
    {
        if (OperatingSystem.IsWindows())
        {
            throw new DemoFailure("The demo sends signals, which Windows does not have: run it on Linux or macOS.");
        }

        _ = Kill(process, signal);
    }

    [DllImport("libc", EntryPoint = "kill")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int Kill(int process, int signal);
}
