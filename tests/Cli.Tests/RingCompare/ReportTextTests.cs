using Spectre.Console.Testing;
using WsBalancer.Cli.Output;
using WsBalancer.Cli.RingCompare;

namespace WsBalancer.Cli.Tests.RingCompare;

public sealed class ReportTextTests
{
    [Fact]
    public void OnATerminalOf120_AllIsInOneTable()
    {
        var tables = TablesOn(width: 120);

        Assert.Equal(1, Count(tables, "ALGORITHM"));
        Assert.Contains("│ envoy-maglev │      19.0 │     3.0 │    2.000 │      64.0 │    9.31 │", tables,
            StringComparison.Ordinal);
    }

    [Fact]
    public void OnATerminalOf80_CostAndEffectAreTwoTables()
    {
        var tables = TablesOn(width: 80);

        Assert.Equal(2, Count(tables, "ALGORITHM"));
        Assert.Contains("│ envoy-maglev │      19.0 │     3.0 │    2.000 │      64.0 │\n", tables,
            StringComparison.Ordinal);
        Assert.Contains("│ envoy-maglev │    9.31 │      9.09 │     0.22 │     1.000 │ 160 points │\n", tables,
            StringComparison.Ordinal);
    }

    [Fact]
    public void BelowTheTable_LinesOf80ExplainTheColumns()
    {
        var plain = new StringWriter();
        ReportText.Write(Report(nodes: 1_000, added: 1_000), new CommandOutput(plain, terminal: null));

        var legend = plain.ToString().Split('\n')[4..];
        Assert.Contains("Nodes: 1000, then 1000 more, all of weight 1 (HAProxy's default, 16 points).", legend);
        Assert.Contains("           even share is 50.00 %); EXCESS: those who move between other nodes", legend);
        Assert.Contains("without it would have them, with nginx and haproxy.", legend);
        Assert.Contains("Balancers need share no state with any of them: nodes, weights, options decide.", legend);
        Assert.All(legend, line => Assert.InRange(line.Length, 0, 80));
    }

    private static string TablesOn(int width)
    {
        using var terminal = new TestConsole { Profile = { Width = width } };
        ReportText.Write(Report(), new CommandOutput(new StringWriter(), terminal));
        return terminal.Output;
    }

    // The longest name and the longest text for weights make the table as wide as it can be.
    private static ComparisonReport Report(int nodes = 10, int added = 1) => new(
        nodes,
        added,
        (double)added / (nodes + added),
        [Entry("envoy-maglev", maskIsRemoval: false), Entry("nginx", true), Entry("haproxy", true)]);

    private static AlgorithmReport Entry(string name, bool maskIsRemoval) => new(
        name, $"{name}/1", 19, 3, 2, 65_537, 0.0931, 0.0909, 0.0022, 1, "160 points", maskIsRemoval);

    private static int Count(string text, string word) => text.Split(word).Length - 1;
}
