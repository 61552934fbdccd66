using System.Diagnostics;
using System.Globalization;

namespace WsBalancer.Cli.Demo.Processes;

/// <summary>
/// Kills the watched processes when this one is gone, however it went: even SIGKILL closes the pipe that it reads.
/// </summary>
/// <remarks>
/// A shell at the other end of a pipe, because Linux's own death signal is bound to the thread that started the
/// child, and threads of a pool come and go.
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

    /// <summary>Its number may soon belong to a process of somebody else.</summary>
    public void Forget(int process) => Write('-', process);

    /// <summary>Kills what is still watched.</summary>
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
