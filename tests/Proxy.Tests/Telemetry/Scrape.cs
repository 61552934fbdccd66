using System.Globalization;
using System.Text;
using WsBalancer.Proxy.Telemetry;

namespace WsBalancer.Proxy.Tests.Telemetry;

/// <summary>The series of one scrape, as they are written, with their values.</summary>
internal sealed class Scrape
{
    private readonly Dictionary<string, double> _series;

    private Scrape(Dictionary<string, double> series) => _series = series;

    public IEnumerable<string> Series => _series.Keys;

    /// <summary>The value of a series; null if it is not published.</summary>
    public double? this[string series] => _series.TryGetValue(series, out var value) ? value : null;

    public double SumOf(string beginning) => _series
        .Where(series => series.Key.StartsWith(beginning, StringComparison.Ordinal))
        .Sum(series => series.Value);

    /// <summary>Asserts for every node that opened equals active plus closed.</summary>
    public void AssertAgrees()
    {
        const string Active = "wsbalancer_tunnels_active{";
        foreach (var node in Series.Where(series => series.StartsWith(Active, StringComparison.Ordinal)))
        {
            var labels = node[Active.Length..^1];
            Assert.Equal(
                this[$"wsbalancer_tunnels_opened_total{{{labels}}}"],
                this[node] + SumOf($"wsbalancer_tunnels_closed_total{{{labels},"));
        }
    }

    /// <summary>Scrapes as the admin host does.</summary>
    public static async Task<Scrape> OfAsync(BalancerRegistry registry)
    {
        using var text = new MemoryStream();
        await registry.ScrapeAsync(
            () => registry.Registry.CollectAndExportAsTextAsync(text), TestContext.Current.CancellationToken);
        return Parse(Encoding.UTF8.GetString(text.ToArray()));
    }

    public static Scrape Parse(string text) => new(text
        .Split('\n', StringSplitOptions.RemoveEmptyEntries)
        .Where(line => !line.StartsWith('#'))
        .ToDictionary(
            line => line[..line.LastIndexOf(' ')],
            line => double.Parse(line.AsSpan(line.LastIndexOf(' ') + 1), CultureInfo.InvariantCulture)));
}
