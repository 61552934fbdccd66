using System.Globalization;

namespace WsBalancer.Cli.Output;

/// <summary>Amounts as a person reads them.</summary>
internal static class Amounts
{
    private static readonly (string Suffix, double Size)[] Sizes =
        [("GB", 1e9), ("MB", 1e6), ("kB", 1e3)];

    public static string Number(long value) => value.ToString(CultureInfo.InvariantCulture);

    /// <summary>A fraction as a percentage: <c>9.09%</c>.</summary>
    public static string Percent(double fraction) =>
        $"{(fraction * 100).ToString("0.00", CultureInfo.InvariantCulture)}%";

    /// <summary>For example <c>0.5/s</c>.</summary>
    public static string Rate(double perSecond) =>
        $"{perSecond.ToString("0.##", CultureInfo.InvariantCulture)}/s";

    /// <summary>For example <c>1.5 MB</c>.</summary>
    public static string Bytes(long bytes)
    {
        foreach (var (suffix, size) in Sizes)
        {
            if (bytes >= size)
            {
                return $"{(bytes / size).ToString("0.0", CultureInfo.InvariantCulture)} {suffix}";
            }
        }

        return $"{Number(bytes)} B";
    }

    /// <summary>The two largest units, rounded up to a full second: <c>42s</c>, <c>3m 5s</c>, <c>2d 4h</c>.</summary>
    public static string Duration(double seconds)
    {
        var span = TimeSpan.FromSeconds(Math.Ceiling(seconds));
        return span switch
        {
            { Days: > 0 } => $"{span.Days}d {span.Hours}h",
            { Hours: > 0 } => $"{span.Hours}h {span.Minutes}m",
            { Minutes: > 0 } => $"{span.Minutes}m {span.Seconds}s",
            _ => $"{span.Seconds}s",
        };
    }

    /// <summary>A count and what is counted: <c>1 tunnel</c>, <c>2 tunnels</c>.</summary>
    public static string Count(long count, string unit) => $"{Number(count)} {unit}{(count is 1 ? "" : "s")}";

    public static string Time(DateTimeOffset time) =>
        time.UtcDateTime.ToString("yyyy-MM-dd HH:mm:ss'Z'", CultureInfo.InvariantCulture);
}
