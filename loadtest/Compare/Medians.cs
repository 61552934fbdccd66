namespace WsBalancer.LoadTest.Compare;

/// <summary>Medians of the rounds: one disturbed round does not change them.</summary>
internal static class Medians
{
    /// <summary>
    /// The median of the known values; of an even number of values, the mean of the two in the middle.
    /// </summary>
    public static double? Of(IEnumerable<double?> values)
    {
        var known = values.OfType<double>().Order().ToList();
        return known.Count == 0 ? null : (known[(known.Count - 1) / 2] + known[known.Count / 2]) / 2;
    }

    /// <summary>The value as a multiple of the first target's value; null if that value is not known or is 0.</summary>
    public static double? Ratio(double? value, double? first) => first is null or 0 ? null : value / first;
}
