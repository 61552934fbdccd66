using System.Diagnostics;
using System.Globalization;
using System.Text;
using WsBalancer.EndToEnd.Tests;
using WsBalancer.EndToEnd.Tests.Fixtures;

namespace WsBalancer.Faults.Tests.Soak;

/// <summary>
/// Many users for a long time, with random disconnects, faults and operations. Not part of the suite:
/// <c>dotnet run --project tests/Faults -c Release -- -explicit only -method "*Soak_*"</c>.
/// </summary>
/// <remarks>
/// Environment variables and their defaults: <c>SOAK_ENGINE</c> (io_uring), <c>SOAK_MINUTES</c> (60), <c>SOAK_USERS</c>
/// (1,500), <c>SOAK_SEED</c> (1). The report is <c>artifacts/faults/soak-ENGINE.md</c>.
/// </remarks>
public sealed class SoakTests(ITestOutputHelper output)
{
    [Fact(Explicit = true)]
    public async Task Soak_WithFaultsAndOperations_MisroutesNoUserAndGrowsNothing()
    {
        var engine = Environment.GetEnvironmentVariable("SOAK_ENGINE") ?? "io_uring";
        var (minutes, users, seed) = (Number("SOAK_MINUTES", 60), Number("SOAK_USERS", 1_500), Number("SOAK_SEED", 1));
        var nodes = await WsNode.StartAll("ws-1", "ws-2", "ws-3", "ws-4");
        var spare = await WsNode.Start("ws-5");
        await using var balancer = await Balancer.Start(BalancerConfig.With(nodes), engine);
        var counts = new SoakCounts();
        var samples = new SoakSamples(balancer);
        var begun = Stopwatch.GetTimestamp();
        using (var stop = Deadline.Start(TimeSpan.FromMinutes(minutes)))
        {
            Task[] all =
            [
                samples.RunAsync(stop.Token),
                new SoakOperator(balancer, nodes, spare, seed, counts).RunAsync(stop.Token),
                .. Enumerable.Range(0, users).Select(user =>
                    new SoakUser(balancer, $"soak-{user}", (seed * users) + user, counts).RunAsync(stop.Token)),
            ];
            await Task.WhenAll(all);
        }

        await balancer.UntilEmpty();
        var end = await balancer.Scrape();
        Write(engine, Report(engine, users, seed, begun, counts, samples, balancer, end));
        await new Together([spare, .. nodes]).DisposeAsync();

        Assert.Equal((0, 0, 0), (counts["misrouted"], counts["wrong echoes"], counts["foreign welcomes"]));
        Assert.Equal(0, samples.Uneven);
        Assert.Equal(end.Opened, end.Closed);
        Assert.Equal(0, end.Sum("wsbalancer_sockets_unowned"));
        Assert.InRange(samples.Kilobytes.Last, 0, 1.15 * samples.Kilobytes.First);
        Assert.InRange(samples.Series.Last, 0, 1.05 * samples.Series.First);
        Assert.InRange(samples.Descriptors.Last, 0, 1.15 * samples.Descriptors.First);
    }

    private static string Report(
        string engine,
        int users,
        int seed,
        long begun,
        SoakCounts counts,
        SoakSamples samples,
        Balancer balancer,
        Scrape end)
    {
        var text = new StringBuilder();
        var elapsed = Stopwatch.GetElapsedTime(begun);
        text.AppendLine(CultureInfo.InvariantCulture, $"# Soak on {engine}");
        text.AppendLine();
        text.AppendLine(
            CultureInfo.InvariantCulture,
            $"{users} users, {elapsed.TotalMinutes:0} minutes, seed {seed}, {samples.Count} samples. Processor time of "
            + $"the balancer: {balancer.Process.ProcessorTime.TotalSeconds:0} s.");
        text.AppendLine();
        text.AppendLine(samples.Table());
        text.AppendLine();
        text.AppendLine("| seen by the users | |");
        text.AppendLine("| --- | --- |");
        foreach (var (name, count) in counts.All.OrderBy(static count => count.Key, StringComparer.Ordinal))
        {
            text.AppendLine(CultureInfo.InvariantCulture, $"| {name} | {count} |");
        }

        text.AppendLine(CultureInfo.InvariantCulture, $"| misrouted | {counts["misrouted"]} |");
        text.AppendLine(CultureInfo.InvariantCulture, $"| wrong or foreign echoes | {counts["wrong echoes"]} |");
        text.AppendLine(
            CultureInfo.InvariantCulture,
            $"| at the end: opened, active, closed | {end.Opened}, {end.Active}, {end.Closed} |");
        text.AppendLine(CultureInfo.InvariantCulture, $"| uneven scrapes | {samples.Uneven} |");
        return text.ToString();
    }

    private void Write(string engine, string report)
    {
        output.WriteLine(report);
        FaultReport.Write($"soak-{engine}", report);
    }

    private static int Number(string variable, int otherwise) =>
        Environment.GetEnvironmentVariable(variable) is { } text
            ? int.Parse(text, NumberStyles.None, CultureInfo.InvariantCulture)
            : otherwise;
}
