using System.Globalization;

namespace WsBalancer.Sockets.Linux;

/// <summary>The times of one thread, as the kernel's scheduler counts them. Linux only.</summary>
/// <remarks>The kernel counts these times in any case; a read costs the thread itself nothing.</remarks>
internal sealed class ThreadTimes
{
    // proc_pid_schedstat(5): the time on a processor, the time on a run queue, both in nanoseconds, and a count.
    private readonly string _file;

    private ThreadTimes(string file) => _file = file;

    /// <summary>The times of the calling thread; null if the kernel does not publish them.</summary>
    public static ThreadTimes? OfCurrent()
    {
        var file = new FileInfo("/proc/thread-self").LinkTarget is { } thread ? $"/proc/{thread}/schedstat" : null;
        return file is not null && File.Exists(file) ? new ThreadTimes(file) : null;
    }

    /// <summary>How long the thread has run, and how long it was ready to run and waited for a processor; null if it
    /// has ended.</summary>
    public (double Running, double Waiting)? Read()
    {
        string[] fields;
        try
        {
            fields = File.ReadAllText(_file).Split(' ');
        }
        catch (IOException)
        {
            return null;
        }

        return (SecondsOf(fields[0]), SecondsOf(fields[1]));
    }

    private static double SecondsOf(string nanoseconds) =>
        double.Parse(nanoseconds, CultureInfo.InvariantCulture) / 1e9;
}
