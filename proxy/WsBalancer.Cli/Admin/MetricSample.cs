using System.Globalization;
using System.Text.RegularExpressions;

namespace WsBalancer.Cli.Admin;

/// <summary>One sample of a scrape in Prometheus' text format, version 0.0.4.</summary>
internal sealed partial record MetricSample(string Name, IReadOnlyDictionary<string, string> Labels, double Value)
{
    /// <summary>The value of the label <c>cluster</c>; null without it.</summary>
    public string? Cluster => Labels.GetValueOrDefault("cluster");

    /// <summary>The value of the label <c>node</c>; null without it.</summary>
    public string? Node => Labels.GetValueOrDefault("node");

    /// <summary>Every sample of a scrape, without comments and other lines.</summary>
    public static IEnumerable<MetricSample> Parse(string scrape) =>
        from Match line in SampleLine().Matches(scrape)
        select new MetricSample(
            line.Groups["name"].Value,
            line.Groups["label"].Captures.Zip(line.Groups["text"].Captures).ToDictionary(
                label => label.First.Value, label => Unescape(label.Second.Value)),
            double.Parse(line.Groups["value"].ValueSpan, CultureInfo.InvariantCulture));

    // In the value of a label, a backslash precedes a backslash and a quote, and \n is a line feed.
    private static string Unescape(string text) =>
        Escape().Replace(text, static escape => escape.Value is "\\n" ? "\n" : escape.Value[1..]);

    [GeneratedRegex(
        """^(?<name>\w+)(\{((?<label>\w+)="(?<text>([^"\\]|\\.)*)",?)*\})? (?<value>[0-9.eE+-]+)$""",
        RegexOptions.Multiline | RegexOptions.ExplicitCapture | RegexOptions.CultureInvariant)]
    private static partial Regex SampleLine();

    [GeneratedRegex("""\\.""", RegexOptions.CultureInvariant)]
    private static partial Regex Escape();
}
