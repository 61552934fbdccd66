using System.Globalization;
using System.Text.RegularExpressions;

namespace WsBalancer.Cli.Admin;

/// <summary>One sample of a scrape in Prometheus' text format, version 0.0.4.</summary>
internal sealed partial record MetricSample(string Name, IReadOnlyDictionary<string, string> Labels, double Value)
{
    /// <summary>The value of a label; empty without it.</summary>
    public string this[string label] => Labels.GetValueOrDefault(label, "");

    /// <summary>The samples of a scrape with one of the names.</summary>
    public static IEnumerable<MetricSample> Parse(string scrape, IReadOnlySet<string> names) =>
        from text in scrape.Split('\n')
        where names.Contains(text[..Math.Max(0, text.AsSpan().IndexOfAny('{', ' '))])
        let line = SampleLine().Match(text)
        where line.Success
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
        RegexOptions.ExplicitCapture | RegexOptions.CultureInvariant)]
    private static partial Regex SampleLine();

    [GeneratedRegex("""\\.""", RegexOptions.CultureInvariant)]
    private static partial Regex Escape();
}
