using System.Globalization;

namespace WsBalancer.Cli.Demo.Claims;

/// <summary>Whether a count of users fits the exact share of the key space that the ring gives.</summary>
internal static class Share
{
    // A correct balancer fails a check at six standard deviations once in 500 million runs.
    private const double Deviations = 6;

    public static bool Explains(double share, int count, int total) =>
        Math.Abs(count - (share * total)) <= Allowance(share, total);

    /// <summary>For example <c>71 (expected 66.7 ± 40.0)</c>.</summary>
    public static string Describe(double share, int count, int total) => string.Create(
        CultureInfo.InvariantCulture, $"{count} (expected {share * total:0.0} ± {Allowance(share, total):0.0})");

    // Rounding of the share must not fail a node that owns all or nothing, whose deviation is 0.
    private static double Allowance(double share, int total) =>
        (Deviations * Math.Sqrt(total * share * Math.Max(0, 1 - share))) + 1e-6;
}
