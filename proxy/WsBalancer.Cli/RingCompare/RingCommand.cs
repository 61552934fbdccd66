using System.CommandLine;
using System.Text.Json;
using Spectre.Console;
using WsBalancer.Cli.Arguments;
using WsBalancer.Cli.Output;

namespace WsBalancer.Cli.RingCompare;

/// <summary><c>wsbalancer ring compare</c>: compares all algorithms by a measurement on this machine.</summary>
internal static class RingCommand
{
    private const int MaxNodes = 1_000;

    private static readonly Option<bool> Json = new("--json")
    {
        Description = "Print the comparison as one JSON document and nothing else",
    };

    /// <param name="clock">The clock of the measurements.</param>
    public static Command Create(TimeProvider clock) => new("ring", "Look at rings; needs no balancer")
    {
        Compare(clock),
    };

    private static Command Compare(TimeProvider clock)
    {
        var nodes = WholeNumberOption.Create("--nodes", "How many nodes there are", 10, 1, MaxNodes);
        var add = WholeNumberOption.Create("--add", "How many nodes are added", 1, 1, MaxNodes);

        var command = new Command(
            "compare",
            "Compare all ring algorithms: speed, memory, evenness, and what a change moves; takes some seconds")
        {
            nodes,
            add,
            Json,
        };
        command.SetAction(parsed => Run(
            new RingComparison(new Growth(parsed.GetValue(nodes), parsed.GetValue(add)), new BestTime(clock)),
            CommandOutput.Of(parsed.InvocationConfiguration),
            parsed.GetValue(Json)));

        return command;
    }

    private static int Run(RingComparison comparison, CommandOutput output, bool json)
    {
        if (json)
        {
            output.Exact.WriteLine(
                JsonSerializer.Serialize(comparison.Run(), RingCompareJson.Default.ComparisonReport));
            return ExitCode.Done;
        }

        ReportText.Write(output.Terminal is { } terminal ? RunOn(terminal, comparison) : comparison.Run(), output);
        return ExitCode.Done;
    }

    // The status is drawn once: a spinner would take processor time from the measurement.
    private static ComparisonReport RunOn(IAnsiConsole terminal, RingComparison comparison) =>
        terminal.Status().AutoRefresh(false).Start("Measuring: this takes about 5 seconds", status =>
        {
            status.Refresh();
            return comparison.Run();
        });
}
