using System.Collections.Concurrent;
using System.Diagnostics;
using System.Runtime.InteropServices;

namespace WsBalancer.EndToEnd.Tests.Processes;

/// <summary>
/// A program under test: its input, its output and its exit code. The process never outlives the tests.
/// </summary>
internal sealed partial class RunningProcess : IAsyncDisposable
{
    /// <summary>The one setting that the tests take from their environment: the engine of the suite.</summary>
    public const string EngineVariable = "WSBALANCER__WsBalancer__Sockets__Engine";

    // RLIMIT_NOFILE.
    private const int OpenFiles = 7;

    private static readonly ConcurrentDictionary<int, Process> Alive = new();

    // The product must not inherit settings of the developer's shell.
    private static readonly string[] Foreign = ["WSBALANCER", "ASPNETCORE_", "DOTNET_ENVIRONMENT", "Kestrel__"];

    private readonly ConcurrentQueue<string> _lines = new();
    private readonly Process _process;
    private readonly string _name;
    private readonly Task _ended;
    private bool _isDisposed;

    static RunningProcess() => AppDomain.CurrentDomain.ProcessExit += (_, _) =>
    {
        foreach (var process in Alive.Values)
        {
            process.Kill(entireProcessTree: true);
        }
    };

    private RunningProcess(string name, Process process)
    {
        (_name, _process) = (name, process);
        process.OutputDataReceived += (_, line) => Keep("", line.Data);
        process.ErrorDataReceived += (_, line) => Keep("! ", line.Data);
        process.Start();
        Alive[process.Id] = process;
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        _ended = process.WaitForExitAsync();
    }

    /// <summary>Everything written so far; lines of standard error begin with "! ".</summary>
    public string Output => string.Join('\n', _lines);

    public IReadOnlyCollection<string> Lines => _lines;

    /// <summary>Whether the process has ended and all of its output has been read.</summary>
    public bool HasEnded => _ended.IsCompleted;

    /// <summary>The number of open sockets.</summary>
    public int Sockets => new DirectoryInfo($"/proc/{_process.Id}/fd").EnumerateFiles()
        .Count(file => file.LinkTarget?.StartsWith("socket:", StringComparison.Ordinal) ?? false);

    /// <summary>The number of open descriptors of all kinds but assemblies, which are loaded on demand.</summary>
    public int Descriptors => new DirectoryInfo($"/proc/{_process.Id}/fd").EnumerateFiles()
        .Count(file => !(file.LinkTarget?.EndsWith(".dll", StringComparison.Ordinal) ?? true));

    /// <summary>The resident memory, in KB (VmRSS).</summary>
    public long ResidentKilobytes
    {
        get
        {
            _process.Refresh();
            return _process.WorkingSet64 / 1024;
        }
    }

    /// <summary>The time on all processors together.</summary>
    public TimeSpan ProcessorTime
    {
        get
        {
            _process.Refresh();
            return _process.TotalProcessorTime;
        }
    }

    public static RunningProcess Start(string name, string program, params IEnumerable<string> arguments) =>
        Start(name, program, new Dictionary<string, string>(), arguments);

    public static RunningProcess Start(
        string name,
        string program,
        IReadOnlyDictionary<string, string> environment,
        params IEnumerable<string> arguments)
    {
        var start = new ProcessStartInfo(program, arguments)
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            RedirectStandardInput = true,
        };
        foreach (var key in start.Environment.Keys.Where(IsForeign).ToList())
        {
            start.Environment.Remove(key);
        }

        foreach (var (key, value) in environment)
        {
            start.Environment[key] = value;
        }

        return new RunningProcess(name, new Process { StartInfo = start });
    }

    /// <summary>Waits for lines that begin with <paramref name="prefix"/>, and returns the rest of each.</summary>
    /// <remarks>If the process ends first, the call fails with its output.</remarks>
    public async Task<IReadOnlyList<string>> After(string prefix)
    {
        await Deadline.Until(
            $"{_name} writes '{prefix}…'", () => HasEnded || Rest(prefix).Count > 0, () => Output);

        return Rest(prefix) is { Count: > 0 } found
            ? found
            : throw new InvalidOperationException($"{_name} ended before it wrote '{prefix}…':\n{Output}");
    }

    /// <summary>Limits the descriptors of the process to its current ones and <paramref name="room"/> more.</summary>
    public void LeaveDescriptors(int room)
    {
        var count = (ulong)(Directory.GetFileSystemEntries($"/proc/{_process.Id}/fd").Length + room);
        Assert.Equal(0, SetLimit(_process.Id, OpenFiles, [count, count], 0));
    }

    public void Send(Signal signal) => Assert.Equal(0, Kill(_process.Id, (int)signal));

    /// <summary>Writes <paramref name="text"/> to the standard input of the process.</summary>
    public void Type(string text)
    {
        _process.StandardInput.Write(text);
        _process.StandardInput.Flush();
    }

    /// <summary>Waits for the end of the process.</summary>
    public async Task<int> ExitCode()
    {
        await Deadline.Until($"{_name} ends", () => HasEnded, () => Output);

        return _process.ExitCode;
    }

    public async ValueTask DisposeAsync()
    {
        if (_isDisposed)
        {
            return;
        }

        _isDisposed = true;
        if (!_process.HasExited)
        {
            _process.Kill(entireProcessTree: true);
        }

        await _ended;
        Alive.TryRemove(_process.Id, out _);
        _process.Dispose();
    }

    private List<string> Rest(string prefix) =>
        [.. from line in _lines where line.StartsWith(prefix, StringComparison.Ordinal) select line[prefix.Length..]];

    private void Keep(string mark, string? line)
    {
        if (line is not null)
        {
            _lines.Enqueue(mark + line);
        }
    }

    private static bool IsForeign(string key) =>
        key != EngineVariable && Foreign.Any(prefix => key.StartsWith(prefix, StringComparison.OrdinalIgnoreCase));

    [LibraryImport("libc", EntryPoint = "kill", SetLastError = true)]
    private static partial int Kill(int process, int signal);

    [LibraryImport("libc", EntryPoint = "prlimit", SetLastError = true)]
    private static partial int SetLimit(int process, int resource, ulong[] softAndHard, nint before);
}
