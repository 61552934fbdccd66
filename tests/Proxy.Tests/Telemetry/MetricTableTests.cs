using System.Text.RegularExpressions;
using WsBalancer.Proxy.Telemetry;

namespace WsBalancer.Proxy.Tests.Telemetry;

/// <summary>The table of metrics in <c>proxy/README.md</c> contains each metric, and no other.</summary>
public sealed partial class MetricTableTests
{
    // The metrics of the command, which reads the configuration as a whole.
    private static readonly string[] OfTheCommand =
        ["wsbalancer_config_last_reload_success_timestamp_seconds", "wsbalancer_config_last_reload_successful"];

    [Fact]
    public async Task Table_HasEveryMetric()
    {
        await using var app = BalancerApp.Build(ChatSettings.OfNodes("ws-1"));
        using var meter = new MeterLog(app.Get<BalancerRegistry>());
        await app.StartAsync();
        var published = meter.Instruments.Select(instrument => instrument.Name).Concat(OfTheCommand);

        var table = File.ReadLines(Find("proxy", "README.md"))
            .SkipWhile(line => line != "## Metrics").Skip(1)
            .TakeWhile(line => !line.StartsWith("## ", StringComparison.Ordinal))
            .Where(line => line.StartsWith("| `", StringComparison.Ordinal))
            .SelectMany(line => Name().Matches(line.Split('|')[1]).Select(match => match.Value))
            .Select(name => name.EndsWith("_total", StringComparison.Ordinal) ? name[..^"_total".Length] : name);

        Assert.Equal(published.Order(StringComparer.Ordinal), table.Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task Helps_AreSentences()
    {
        await using var app = BalancerApp.Build(ChatSettings.OfNodes("ws-1"));
        using var meter = new MeterLog(app.Get<BalancerRegistry>());
        await app.StartAsync();

        Assert.All(meter.Instruments, instrument => Assert.Matches("^[A-Z1].{15,118}[.]$", instrument.Description));
    }

    [GeneratedRegex("[a-z_]{4,}")]
    private static partial Regex Name();

    private static string Find(params string[] path)
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (folder is not null && !File.Exists(Path.Combine([folder.FullName, .. path])))
        {
            folder = folder.Parent;
        }

        return Path.Combine([folder?.FullName ?? "", .. path]);
    }
}
