using System.ComponentModel;
using System.Diagnostics;
using System.Globalization;

namespace WsBalancer.BackendSample.Tests.Support;

/// <summary>
/// A program in its own process that runs until it is stopped; killed at the latest at the end of the test.
/// </summary>
internal sealed class ServerProcess : IDisposable
{
    private readonly Process _process;

    private ServerProcess(Process process) => _process = process;

    /// <summary>Starts the program.</summary>
    /// <exception cref="Win32Exception">There is no such program.</exception>
    public static ServerProcess Start(string program, params string[] arguments)
    {
        var process = new Process
        {
            StartInfo = new ProcessStartInfo(program, arguments)
            {
                RedirectStandardOutput = true,
                RedirectStandardError = true,
            },
        };
        process.Start();
        process.BeginErrorReadLine();
        return new ServerProcess(process);
    }

    public Task<string?> ReadLineAsync() => _process.StandardOutput.ReadLineAsync(Deadline.Token).AsTask();

    /// <summary>Reads the line that reports the program as ready, and returns the address at its end.</summary>
    public async Task<string> ReadAddressAsync()
    {
        var ready = await ReadLineAsync();
        Assert.NotNull(ready);
        Assert.Contains(" listening on ", ready, StringComparison.Ordinal);
        return ready[(ready.LastIndexOf(' ') + 1)..];
    }

    public async Task SignalAsync(string signal)
    {
        using var kill = Process.Start("/bin/sh", ["-c", string.Create(
            CultureInfo.InvariantCulture, $"kill -{signal} {_process.Id}")]);
        await kill.WaitForExitAsync(Deadline.Token);
        Assert.Equal(0, kill.ExitCode);
    }

    public async Task<int> WaitForExitAsync()
    {
        await _process.WaitForExitAsync(Deadline.Token);
        return _process.ExitCode;
    }

    public void Dispose()
    {
        if (!_process.HasExited)
        {
            _process.Kill(entireProcessTree: true);
            _process.WaitForExit();
        }

        _process.Dispose();
    }
}
