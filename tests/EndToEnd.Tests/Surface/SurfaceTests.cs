using System.Text.Json.Nodes;
using WsBalancer.EndToEnd.Tests.Fixtures;
using WsBalancer.EndToEnd.Tests.Processes;

namespace WsBalancer.EndToEnd.Tests.Surface;

/// <summary>
/// The names that operators depend on: commands and options, calls and fields of the admin API, metrics and labels. The
/// files beside this one list them. A name that is removed or renamed breaks scripts, clients and dashboards.
/// </summary>
public sealed class SurfaceTests
{
    [Fact]
    public async Task Commands_AreThoseOfTheFile()
    {
        await using var program = RunningProcess.Start("man", Programs.Balancer, "man");

        Assert.Equal(0, await program.ExitCode());
        AssertSame(
            "commands.txt",
            from escaped in program.Lines
            let line = escaped.Replace("\\-", "-", StringComparison.Ordinal)
            where line.StartsWith(".SS ", StringComparison.Ordinal) || line.StartsWith(".B ", StringComparison.Ordinal)
            select line.StartsWith(".B ", StringComparison.Ordinal) ? $"  {line[3..]}" : line[4..]);
    }

    [Fact]
    public async Task Calls_AreThoseOfTheFile()
    {
        await using var fleet = await WsFleet.Start(1, 1);

        var document = await fleet.Balancer.Get("/openapi/v1.json");

        var calls = from path in document["paths"]!.AsObject()
                    from call in path.Value!.AsObject()
                    select $"{call.Key} {path.Key} {call.Value!["operationId"]}({ParametersOf(call.Value)})";
        var fields = from schema in document["components"]!["schemas"]!.AsObject()
                     from field in schema.Value!["properties"]?.AsObject() ?? []
                     select $"{schema.Key}.{field.Key}";
        AssertSame("calls.txt", calls.Concat(fields).Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task Metrics_AreThoseOfTheFile()
    {
        await using var redis = await RedisServer.Start();
        await using var fleet = await WsFleet.Start(3, 3, config => SetEverything(config, redis), engine: "epoll");
        using var moved = await fleet.Balancer.Open(await fleet.Balancer.UserOf("ws-1"));
        using var drained = await fleet.Balancer.Open(await fleet.Balancer.UserOf("ws-2"));
        await CauseEverything(fleet.Balancer);

        // Some values are published a moment after their event.
        var text = "";
        await Deadline.Until("all series exist", async () =>
        {
            text = await fleet.Balancer.Metrics();
            return !FamiliesWithoutSeries(text).Any();
        }, () => string.Join(' ', FamiliesWithoutSeries(text)));

        AssertSame("metrics.txt", SeriesIn(text)
            .Select(series => series.IndexOf('{', StringComparison.Ordinal) is var brace and >= 0
                ? $"{series[..brace]} {string.Join(' ', LabelsIn(series[brace..]))}"
                : series)
            .Distinct()
            .Where(series => series.StartsWith("wsbalancer_", StringComparison.Ordinal)
                || series.StartsWith("process_", StringComparison.Ordinal))
            .Order(StringComparer.Ordinal));
    }

    // A limit that is off has no series.
    private static void SetEverything(BalancerConfig config, RedisServer redis) => config
        .Set("WsBalancer:State:Redis", redis.Address)
        .Set("Kestrel:Limits:MaxConcurrentConnections", 1_000)
        .Set("Kestrel:Limits:MaxConcurrentUpgradedConnections", 1_000)
        .Set($"{BalancerConfig.ClusterKey}:Limits:MaxTunnels", 1_000)
        .Set($"{BalancerConfig.ClusterKey}:Limits:MaxTunnelsPerNode", 1_000)
        .Set($"{BalancerConfig.ClusterKey}:Limits:MaxTunnelsPerUser", 100)
        .Set($"{BalancerConfig.ClusterKey}:Limits:HandshakesPerSecondPerNode", 100);

    // Events whose series do not exist before the first one, and operations that have series while they run.
    private static async Task CauseEverything(Balancer balancer)
    {
        await balancer.Visit("alice");
        using var http = new HttpClient { BaseAddress = balancer.Urls[0] };
        using var response = await http.GetAsync("/healthz?user=alice", TestContext.Current.CancellationToken);
        var weight = await balancer.Command("weight", "ws-1=0", "--yes");
        Assert.True(weight.Code == 0, weight.Output);
        foreach (var operation in (string[])["rebalance", "nodes/ws-2/drain"])
        {
            await balancer.Post(
                $"/api/v1/clusters/{BalancerConfig.Cluster}/{operation}", new JsonObject { ["ratePerSecond"] = 0.001 });
        }
    }

    private static IEnumerable<string> SeriesIn(string text) => text.Split('\n')
        .Where(line => line.Length > 0 && line[0] != '#')
        .Select(line => line[..line.LastIndexOf(' ')]);

    private static IEnumerable<string> FamiliesWithoutSeries(string text) => text.Split('\n')
        .Where(line => line.StartsWith("# TYPE wsbalancer_", StringComparison.Ordinal))
        .Select(line => line.Split(' ')[2])
        .Where(family => !SeriesIn(text).Any(series => series.Split('{')[0] is var name
            && (name == family || name == $"{family}_count")));

    private static string ParametersOf(JsonNode call) => string.Join(
        ", ", from parameter in call["parameters"]?.AsArray() ?? [] select $"{parameter!["in"]} {parameter["name"]}");

    private static IEnumerable<string> LabelsIn(string labels) => labels.TrimStart('{').Split("=\"")[..^1]
        .Select(part => part[(part.LastIndexOf(',') + 1)..])
        .Where(label => label != "le");

    private static void AssertSame(string file, IEnumerable<string> names)
    {
        var expected = File.ReadAllLines(Path.Combine(AppContext.BaseDirectory, "Surface", file));
        string[] actual = [.. names];
        Assert.True(
            actual.SequenceEqual(expected),
            $"Removed: {string.Join("; ", expected.Except(actual))}\n"
            + $"Added: {string.Join("; ", actual.Except(expected))}\n"
            + $"If that is meant, tests/EndToEnd.Tests/Surface/{file} is:\n{string.Join('\n', actual)}");
    }
}
