using System.Text.Json;

namespace WsBalancer.Cli.Tests.RingCompare;

public sealed class RingCompareTests
{
    private static readonly string[] Fields =
    [
        "algorithm", "spec", "lookupNanoseconds", "ringNanoseconds", "buildMilliseconds", "tableBytes", "moved",
        "minimum", "excess", "peakToMean", "weights", "maskIsRemoval",
    ];

    [Fact]
    public void TheTable_Of10And1_IsExact()
    {
        Assert.Equal(
            [
                "ALGORITHM MOVED % MINIMUM % EXCESS % PEAK/MEAN WEIGHTS",
                "rendezvous 9.11 9.11 0.00 1.010 exact",
                "nginx 9.90 9.90 0.00 1.109 160 points",
                "haproxy 8.32 8.32 0.00 1.340 16 points",
                "envoy-ring 15.47 9.21 6.25 1.136 rounded",
                "envoy-maglev 9.31 9.09 0.22 1.000 turns",
                "ketama 8.49 8.49 0.00 1.162 rounded",
                "maglev 9.53 9.09 0.43 1.000 turns",
            ],
            ExactColumns(RingCompareRun.Of()));
    }

    [Fact]
    public void TheTable_Of3And1_IsExact()
    {
        Assert.Equal(
            [
                "ALGORITHM MOVED % MINIMUM % EXCESS % PEAK/MEAN WEIGHTS",
                "rendezvous 25.08 25.08 0.00 1.000 exact",
                "nginx 23.32 23.32 0.00 1.119 160 points",
                "haproxy 28.29 28.29 0.00 1.062 16 points",
                "envoy-ring 33.67 24.41 9.26 1.055 rounded",
                "envoy-maglev 25.05 25.00 0.05 1.000 turns",
                "ketama 28.23 28.23 0.00 1.039 rounded",
                "maglev 25.03 25.00 0.03 1.000 turns",
            ],
            ExactColumns(RingCompareRun.Of("--nodes", "3")));
    }

    // On this clock every round of lookups, of 16,384 users, takes one second.
    [Fact]
    public void TheMeasuredColumns_AreInTheUnitsOfTheirTitles()
    {
        var run = RingCompareRun.Of("--nodes", "3");

        Assert.StartsWith(
            "ALGORITHM     LOOKUP ns  RING ns  BUILD ms  TABLE KiB", run.Output, StringComparison.Ordinal);
        Assert.Contains(
            "\nrendezvous      61035.2  61035.2  1000.000      256.0", run.Output, StringComparison.Ordinal);
    }

    [Fact]
    public void Json_IsOneDocumentWithFractions()
    {
        var run = RingCompareRun.Of("--json", "--nodes", "10", "--add", "1");

        Assert.Equal((ExitCode.Done, ""), (run.ExitCode, run.Error));
        using var document = JsonDocument.Parse(run.Output);
        var root = document.RootElement;
        Assert.Equal(["nodes", "added", "evenShareOfAdded", "algorithms"], NamesIn(root));
        Assert.Equal((10, 1), (root.GetProperty("nodes").GetInt32(), root.GetProperty("added").GetInt32()));
        Assert.Equal(1 / 11.0, root.GetProperty("evenShareOfAdded").GetDouble());

        var envoy = root.GetProperty("algorithms")[3];
        Assert.All(root.GetProperty("algorithms").EnumerateArray(), entry => Assert.Equal(Fields, NamesIn(entry)));
        Assert.Equal("envoy-ring", envoy.GetProperty("algorithm").GetString());
        Assert.Equal(0.1547, envoy.GetProperty("moved").GetDouble(), 0.00005);
        Assert.Equal(0.0625, envoy.GetProperty("excess").GetDouble(), 0.00005);
        Assert.Equal(1e9 / 16_384, envoy.GetProperty("lookupNanoseconds").GetDouble(), 0.001);
        Assert.False(envoy.GetProperty("maskIsRemoval").GetBoolean());
    }

    // The only test with the real clock: its measurements take real time.
    [Fact]
    public async Task TheProgram_MeasuresMoreThanNothing()
    {
        var run = await CommandRun.OfAsync(
            TimeProvider.System,
            TestContext.Current.CancellationToken,
            "ring",
            "compare",
            "--json",
            "--nodes",
            "2");

        Assert.Equal((ExitCode.Done, ""), (run.ExitCode, run.Error));
        using var document = JsonDocument.Parse(run.Output);
        Assert.All(document.RootElement.GetProperty("algorithms").EnumerateArray(), entry => Assert.All(
            ["lookupNanoseconds", "ringNanoseconds", "buildMilliseconds"],
            field => Assert.True(entry.GetProperty(field).GetDouble() > 0, field)));
    }

    [Theory]
    [InlineData("--nodes takes a whole number from 1 to 1000, not '0'", "--nodes", "0")]
    [InlineData("--nodes takes a whole number from 1 to 1000, not '1001'", "--nodes", "1001")]
    [InlineData("--add takes a whole number from 1 to 1000, not '0'", "--add", "0")]
    [InlineData("--add takes a whole number from 1 to 1000, not 'many'", "--json", "--add", "many")]
    [InlineData("'wsbalancer ring compare --help' shows how it is used.", "--colour")]
    public async Task AWrongCommandLine_Exits2WithTheReason(string why, params string[] arguments)
    {
        var run = await CommandRun.OfAsync(["ring", "compare", .. arguments]);

        Assert.Equal(ExitCode.Usage, run.ExitCode);
        Assert.Contains(why, run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task RingAlone_Exits2AndShowsItsUsage()
    {
        var run = await CommandRun.OfAsync("ring");

        Assert.Equal((ExitCode.Usage, ""), (run.ExitCode, run.Output));
        Assert.Contains("'wsbalancer ring --help' shows how it is used.", run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task TheHelp_NamesTheOptionsTheirBoundsAndDefaults()
    {
        var run = await CommandRun.OfAsync("ring", "compare", "--help");

        Assert.Equal(ExitCode.Done, run.ExitCode);
        Assert.Contains("How many nodes there are, 1 to 1000 [default: 10]", run.Output, StringComparison.Ordinal);
        Assert.Contains("How many nodes are added, 1 to 1000 [default: 1]", run.Output, StringComparison.Ordinal);
        Assert.Contains("--json", run.Output, StringComparison.Ordinal);
    }

    /// <summary>The table without the measured columns, with one space between cells.</summary>
    private static IEnumerable<string> ExactColumns(CommandRun run)
    {
        Assert.Equal((ExitCode.Done, ""), (run.ExitCode, run.Error));
        var head = run.Lines.First();
        var from = head.IndexOf("TABLE KiB", StringComparison.Ordinal) + "TABLE KiB".Length;
        return run.Lines.Take(8).Select(line => string.Join(
            ' ', $"{line[..line.IndexOf(' ')]} {line[from..]}".Split(' ', StringSplitOptions.RemoveEmptyEntries)));
    }

    private static IEnumerable<string> NamesIn(JsonElement entry) =>
        entry.EnumerateObject().Select(property => property.Name);
}
