using System.Text.RegularExpressions;

namespace WsBalancer.EndToEnd.Tests.Operations.Page;

/// <summary>
/// Compares the output of a command with the page. Counts, times, addresses and versions differ from run to run and are
/// not compared; shares, rates and epochs are the same in each. A line that is repeated with other figures, such as
/// progress, counts once; "…" on the page matches any lines, and within a line any text.
/// </summary>
internal static partial class PageOutput
{
    private const string Any = "…";

    public static bool Matches(IEnumerable<string> page, IEnumerable<string> written) =>
        Matches(Shapes(page), Shapes(written));

    /// <summary>The lines in the form in which they are compared.</summary>
    public static string[] Shapes(IEnumerable<string> lines)
    {
        var shapes = new List<string>();
        foreach (var shape in lines.Select(Shape).Where(shape => shapes.Count == 0 || shapes[^1] != shape))
        {
            shapes.Add(shape);
        }

        return [.. shapes];
    }

    private static bool Matches(ReadOnlySpan<string> page, ReadOnlySpan<string> written)
    {
        if (page.IsEmpty || page[0] == Any)
        {
            return page.IsEmpty ? written.IsEmpty : MatchesAfterAny(page[1..], written);
        }

        return !written.IsEmpty && IsSame(page[0], written[0]) && Matches(page[1..], written[1..]);
    }

    private static bool MatchesAfterAny(ReadOnlySpan<string> page, ReadOnlySpan<string> written)
    {
        for (var skipped = 0; skipped <= written.Length; skipped++)
        {
            if (Matches(page, written[skipped..]))
            {
                return true;
            }
        }

        return false;
    }

    private static bool IsSame(string page, string written) => Regex.IsMatch(
        written, $"^{string.Join(".*", page.Split(Any).Select(Regex.Escape))}$", RegexOptions.CultureInvariant);

    private static string Shape(string line)
    {
        var shape = Address().Replace(line.TrimEnd(), "ADDRESS");
        shape = Moment().Replace(shape, "MOMENT");
        shape = Caller().Replace(shape, "CALLER");
        shape = File().Replace(shape, "FILE");
        shape = Version().Replace(shape, "VERSION");
        shape = Ring().Replace(shape, "RING");
        shape = Duration().Replace(shape, "TIME");
        shape = Count().Replace(shape, "#");
        return Spaces().Replace(shape, " ");
    }

    [GeneratedRegex(@"(https?://)?\d+\.\d+\.\d+\.\d+:\d+/?", RegexOptions.CultureInvariant)]
    private static partial Regex Address();

    [GeneratedRegex(@"\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d(\.\d+)?Z", RegexOptions.CultureInvariant)]
    private static partial Regex Moment();

    [GeneratedRegex(@"[\w.-]+@[\w.-]+", RegexOptions.CultureInvariant)]
    private static partial Regex Caller();

    [GeneratedRegex(@"\S*/wsbalancer\.json", RegexOptions.CultureInvariant)]
    private static partial Regex File();

    [GeneratedRegex(@"\d+\.\d+\.\d+\+\S+", RegexOptions.CultureInvariant)]
    private static partial Regex Version();

    [GeneratedRegex(@"\b[0-9a-f]{12}\b", RegexOptions.CultureInvariant)]
    private static partial Regex Ring();

    [GeneratedRegex(@"(?<![\w-])(\d+[dhm] )?\d+[dhms]\b", RegexOptions.CultureInvariant)]
    private static partial Regex Duration();

    // A number that is not a share (33.39%), a rate (20/s), an epoch, or a part of a name (ws-2).
    [GeneratedRegex(@"(?<!epoch |[\w.]|[a-z]-)\d+(\.\d+)?(?![\d.]* ?%|/s|\w)", RegexOptions.CultureInvariant)]
    private static partial Regex Count();

    [GeneratedRegex(@"\s+", RegexOptions.CultureInvariant)]
    private static partial Regex Spaces();
}
