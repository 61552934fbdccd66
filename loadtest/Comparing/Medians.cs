namespace WsBalancer.LoadTest.Comparing;

/// <summary>The value in the middle, which one disturbed round does not move.</summary>
internal static class Medians
{
    /// <summary>The median of what is known; of an even number, the mean of the two in the middle.</summary>
    public static double? Of(IEnumerable<double?> values)
    {
        var known = values.OfType<double>().Order().ToList();
        return known.Count == 0 ? null : (known[(known.Count - 1) / 2] + known[known.Count / 2]) / 2;
    }

    /// <summary>How many times the first it is; null where that says nothing.</summary>
    public static double? Ratio(double? value, double? first) => first is null or 0 ? null : value / first;
}
