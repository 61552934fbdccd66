using System.Globalization;

namespace WsBalancer.EndToEnd.Tests.Fixtures;

/// <summary>One answer of <c>/metrics</c>.</summary>
internal sealed class Scrape
{
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

    /// <summary>The sum of all series of this name whose labels contain all of these texts.</summary>
    public double Sum(string name, params string[] labels) => _series
        .Where(series => series.Name == name
            && labels.All(label => series.Labels.Contains(label, StringComparison.Ordinal)))
        .Sum(series => series.Value);

    public double Opened => Sum("wsbalancer_tunnels_opened_total");

    public double Active => Sum("wsbalancer_tunnels_active");

    public double Closed => Sum("wsbalancer_tunnels_closed_total");

    public double ClosedFor(string reason) => Sum("wsbalancer_tunnels_closed_total", $"reason=\"{reason}\"");
}
