using System.Diagnostics;

namespace WsBalancer.Cli.Demo.Processes;

/// <summary>One process of the demo, with its output.</summary>
internal sealed class ChildProcess : IAsyncDisposable
{
    // Our programs are ready within two seconds; on a busy machine they may need longer.
    private static readonly TimeSpan StartDeadline = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan EndDeadline = TimeSpan.FromSeconds(3);

    private readonly Process _process;
    private readonly OrphanKiller _orphans;
    private readonly TimeProvider _time;
    private readonly TaskCompletionSource _unexpectedEnd = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Task _ended;
    private volatile bool _isEndExpected;

    private ChildProcess(string name, Process process, OrphanKiller orphans, TimeProvider time)
    {
        (Name, _process, _orphans, _time) = (name, process, orphans, time);
        _process.OutputDataReceived += (_, line) => Remember(line.Data);
        _process.ErrorDataReceived += (_, line) => Remember(line.Data);
        _process.BeginOutputReadLine();
        _process.BeginErrorReadLine();
        _ended = EndAsync();
    }

    public string Name { get; }

    public int Id => _process.Id;

    public ChildOutput Output { get; } = new();

    /// <summary>Completes if the process ends without a request to end; otherwise never.</summary>
    public Task UnexpectedEnd => _unexpectedEnd.Task;

    public static ChildProcess Start(
        string name, ProgramFile program, IEnumerable<string> arguments, OrphanKiller orphans, TimeProvider time)
    {
        var start = new ProcessStartInfo(program.FileName, [.. program.Prefix, .. arguments])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };

        // Only the demo configures its balancer: variables of the environment would override the file.
        foreach (var variable in start.Environment.Keys.Where(IsConfiguration).ToList())
        {
            start.Environment.Remove(variable);
        }

        var process = Process.Start(start) ?? throw new DemoFailure($"{name} did not start: {program.FileName}.");
        orphans.Watch(process.Id);
        return new ChildProcess(name, process, orphans, time);
    }

    /// <summary>Waits for a line that begins with <paramref name="prefix"/> and returns the rest of it.</summary>
    /// <exception cref="DemoFailure">The process ended first, or the line was not written in time.</exception>
    public async Task<string> ReadAfterAsync(string prefix, CancellationToken cancellation)
    {
        var line = Output.AfterAsync(prefix);
        try
        {
            await Task.WhenAny(line, _ended).WaitAsync(StartDeadline, _time, cancellation);
        }
        catch (TimeoutException cause)
        {
            throw new DemoFailure(
                $"{Name} did not write '{prefix}…' within {StartDeadline.TotalSeconds:0} s.", cause);
        }

        return line.IsCompleted
            ? await line
            : throw new DemoFailure($"{Name} ended with exit code {_process.ExitCode} before it wrote '{prefix}…'.");
    }

    /// <summary>
    /// Kills the process like a crash: without a warning, without flushing, without an orderly close of sockets.
    /// </summary>
    public async Task CrashAsync()
    {
        _isEndExpected = true;
        _process.Kill(entireProcessTree: true);
        await _ended;
    }

    /// <summary>Requests the end of the process, and kills the process after a timeout. May be called twice.</summary>
    public async Task StopAsync()
    {
        _isEndExpected = true;
        if (_ended.IsCompleted)
        {
            return;
        }

        Signals.RequestEnd(_process.Id);
        try
        {
            await _ended.WaitAsync(EndDeadline, _time);
        }
        catch (TimeoutException)
        {
            // The process did not end on SIGTERM. No process may outlive the demo.
            await CrashAsync();
        }
    }

    public string DescribeEnd() => $"{Name} ended on its own with exit code {_process.ExitCode}.";

    public async ValueTask DisposeAsync()
    {
        await StopAsync();
        _process.Dispose();
    }

    private async Task EndAsync()
    {
        await _process.WaitForExitAsync();
        _orphans.Forget(_process.Id);
        if (!_isEndExpected)
        {
            _unexpectedEnd.TrySetResult();
        }
    }

    private void Remember(string? line)
    {
        if (line is not null)
        {
            Output.Add(line);
        }
    }

    private static bool IsConfiguration(string variable) =>
        variable.StartsWith("WSBALANCER__", StringComparison.OrdinalIgnoreCase);
}
