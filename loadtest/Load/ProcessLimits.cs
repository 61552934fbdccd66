using System.Globalization;

namespace WsBalancer.LoadTest.Load;

/// <summary>The limits that the operating system sets for this process; null if it does not report one.</summary>
internal sealed record ProcessLimits(long? Descriptors, int? LocalPorts)
{
    public static ProcessLimits Read() => new(
        ParseDescriptors(ReadIfThere("/proc/self/limits")),
        ParseLocalPorts(ReadIfThere("/proc/sys/net/ipv4/ip_local_port_range")));

    /// <summary>
    /// Finds the soft limit in <c>Max open files SOFT HARD files</c>. The runtime has already raised it to the hard
    /// limit.
    /// </summary>
    public static long? ParseDescriptors(string text)
    {
        const string Name = "Max open files";
        var line = Array.Find(text.Split('\n'), line => line.StartsWith(Name, StringComparison.Ordinal));
        var soft = line?[Name.Length..].Split(' ', StringSplitOptions.RemoveEmptyEntries).FirstOrDefault();
        return long.TryParse(soft, NumberStyles.None, CultureInfo.InvariantCulture, out var limit) ? limit : null;
    }

    /// <summary>Counts the ports in <c>FIRST LAST</c>, both inclusive.</summary>
    public static int? ParseLocalPorts(string text)
    {
        var bounds = text.Split((char[])[' ', '\t', '\n'], StringSplitOptions.RemoveEmptyEntries);
        return bounds is [var first, var last]
            && int.TryParse(first, NumberStyles.None, CultureInfo.InvariantCulture, out var low)
            && int.TryParse(last, NumberStyles.None, CultureInfo.InvariantCulture, out var high)
                ? high - low + 1
                : null;
    }

    private static string ReadIfThere(string path) => File.Exists(path) ? File.ReadAllText(path) : "";
}
