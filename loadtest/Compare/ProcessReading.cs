using System.Globalization;

namespace WsBalancer.LoadTest.Compare;

/// <summary>
/// The resources used by a process and its children up to one moment: CPU time by thread, and resident memory.
/// </summary>
/// <remarks>
/// CPU time is read by thread because the kernel counts a thread's time in nanoseconds, but a process's only in
/// hundredths of a second.
/// </remarks>
internal sealed record ProcessReading(IReadOnlyDictionary<int, long> ThreadNanoseconds, long ResidentBytes)
{
    /// <summary>Reads the current values.</summary>
    /// <exception cref="IOException">The process does not exist, or /proc does not contain its CPU time.</exception>
    public static ProcessReading Take(int root)
    {
        var threads = new Dictionary<int, long>();
        var resident = 0L;
        foreach (var process in ProcessTree.Of(root))
        {
            resident += ParseResident(ProcFile.ReadIfThere($"/proc/{process}/status")) ?? 0;
            foreach (var thread in ThreadsOf(process))
            {
                if (ParseRunTime(ProcFile.ReadIfThere($"/proc/{process}/task/{thread}/schedstat")) is { } time)
                {
                    threads[thread] = time;
                }
            }
        }

        return threads.Count > 0
            ? new ProcessReading(threads, resident)
            : throw new IOException($"Process {root} does not exist, or /proc/{root} has no CPU time.");
    }

    /// <summary>CPU time since an earlier reading. The time of a thread that ended in between is not known.</summary>
    public double CpuSecondsSince(ProcessReading earlier) =>
        ThreadNanoseconds.Sum(thread => thread.Value - earlier.ThreadNanoseconds.GetValueOrDefault(thread.Key)) / 1e9;

    /// <summary>Finds the nanoseconds on a CPU in <c>RUN WAIT SLICES</c>.</summary>
    public static long? ParseRunTime(string schedstat) =>
        schedstat.Split(' ') is [var run, ..]
        && long.TryParse(run, NumberStyles.None, CultureInfo.InvariantCulture, out var nanoseconds)
            ? nanoseconds
            : null;

    /// <summary>Finds the bytes in the line <c>VmRSS: N kB</c>.</summary>
    public static long? ParseResident(string status)
    {
        const string Name = "VmRSS:";
        var line = Array.Find(status.Split('\n'), line => line.StartsWith(Name, StringComparison.Ordinal));
        return line?[Name.Length..].Split((char[])[' ', '\t'], StringSplitOptions.RemoveEmptyEntries) is [var size, _]
            && long.TryParse(size, NumberStyles.None, CultureInfo.InvariantCulture, out var kibibytes)
                ? kibibytes * 1_024
                : null;
    }

    private static IEnumerable<int> ThreadsOf(int process)
    {
        try
        {
            return [.. Directory.GetDirectories($"/proc/{process}/task")
                .Select(folder => int.Parse(Path.GetFileName(folder), CultureInfo.InvariantCulture))];
        }
        catch (IOException)
        {
            return [];
        }
    }
}
