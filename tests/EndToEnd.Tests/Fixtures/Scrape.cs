using System.Globalization;

namespace WsBalancer.EndToEnd.Tests.Fixtures;

/// <summary>One response of <c>/metrics</c>.</summary>
internal sealed class Scrape
{
    private const string OpenedName = "wsbalancer_tunnels_opened_total";
    private const string ActiveName = "wsbalancer_tunnels_active";
    private const string ClosedName = "wsbalancer_tunnels_closed_total";

    private readonly List<(string Name, string Labels, double Value)> _series = [];

    public Scrape(string text)
    {
        foreach (var line in text.Split('\n').Where(line => line.Length > 0 && line[0] != '#'))
        {
            var space = line.LastIndexOf(' ');
            var brace = line.IndexOf('{', StringComparison.Ordinal);
            var name = line[..(brace < 0 ? space : brace)];
            var value = double.Parse(line[(space + 1)..], CultureInfo.InvariantCulture);
            _series.Add((name, line[name.Length..space], value));
        }
    }

    /// <summary>The number of series.</summary>
    public int Count => _series.Count;

    /// <summary>The sum of all series of this name whose labels contain all of these texts.</summary>
    public double Sum(string name, params string[] labels) => _series
        .Where(series => series.Name == name
            && labels.All(label => series.Labels.Contains(label, StringComparison.Ordinal)))
        .Sum(series => series.Value);

    /// <summary>The nodes that have had tunnels.</summary>
    public IEnumerable<string> Nodes =>
        from series in _series
        where series.Name == OpenedName
        select series.Labels.Split("node=\"")[1].Split('"')[0];

    /// <summary>Every reason for which tunnels have ended.</summary>
    public IEnumerable<string> Reasons => (
        from series in _series
        where series.Name == ClosedName
        select series.Labels.Split("reason=\"")[1].Split('"')[0]).Distinct();

    public double Opened => Sum(OpenedName);

    public double Active => Sum(ActiveName);

    public double Closed => Sum(ClosedName);

    public double OpenedAt(string node) => Sum(OpenedName, At(node));

    public double ActiveAt(string node) => Sum(ActiveName, At(node));

    public double ClosedAt(string node) => Sum(ClosedName, At(node));

    public double ClosedFor(string reason) => Sum(ClosedName, $"reason=\"{reason}\"");

    private static string At(string node) => $"node=\"{node}\"";
}
