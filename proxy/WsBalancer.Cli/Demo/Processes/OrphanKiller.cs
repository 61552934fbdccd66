using System.Diagnostics;
using System.Globalization;

namespace WsBalancer.Cli.Demo.Processes;

/// <summary>
/// Kills the watched processes after the end of this process, whatever ends it: even SIGKILL closes the pipe that the
/// shell reads.
/// </summary>
/// <remarks>
/// A shell reads the other end of a pipe. Linux's parent-death signal is not suitable: it is bound to the thread that
/// started the child, and threads of a pool end.
/// </remarks>
internal sealed class OrphanKiller : IDisposable
{
    private const string Script = """
        trap '' INT TERM HUP
        pids=' '
        while read -r sign pid; do
          case $sign in
            +) pids="$pids$pid " ;;
            -) pids="${pids%% $pid *} ${pids#* $pid }" ;;
          esac
        done
        kill -9 $pids 2>/dev/null
        """;

    private readonly Lock _lock = new();
    private readonly Process _shell;

    public OrphanKiller()
    {
        var start = new ProcessStartInfo("/bin/sh", ["-c", Script]) { RedirectStandardInput = true };
        _shell = Process.Start(start) ?? throw new DemoFailure("/bin/sh did not start.");
    }

    public void Watch(int process) => Write('+', process);

    /// <summary>Stops watching a process that has ended: the kernel may give its id to another process.</summary>
    public void Forget(int process) => Write('-', process);

    /// <summary>Kills the processes that are still watched.</summary>
    public void Dispose()
    {
        lock (_lock)
        {
            _shell.StandardInput.Dispose();
        }

        _shell.WaitForExit();
        _shell.Dispose();
    }

    private void Write(char sign, int process)
    {
        lock (_lock)
        {
            if (!_shell.StandardInput.BaseStream.CanWrite)
            {
                return;
            }

            _shell.StandardInput.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{sign} {process}"));
            _shell.StandardInput.Flush();
        }
    }
}
