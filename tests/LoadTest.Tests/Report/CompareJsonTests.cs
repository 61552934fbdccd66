using System.Text.Json;
using Spectre.Console.Testing;
using WsBalancer.LoadTest.Compare;
using WsBalancer.LoadTest.Report;

namespace WsBalancer.LoadTest.Tests.Report;

/// <summary>The results of a comparison, in the table and in the JSON document.</summary>
public sealed class CompareJsonTests
{
    private static readonly TargetReport First = Of("first", 7, [10, 30, 20], []);

    private static readonly TargetReport Second = Of("second", null, [40, 50, 60], [new("lost", 2), new("refused", 1)]);

    private static readonly CompareReport Report = new(
        new CompareSettings([First.Target, Second.Target]), DateTimeOffset.UnixEpoch, 60, [First, Second]);

    [Fact]
    public void TheDocument_HasMediansRatiosAndEveryRound()
    {
        var document = JsonDocument.Parse(CompareJson.From(Report, ExitCode.Failed).Serialize()).RootElement;

        var second = document.GetProperty("targets")[1];
        Assert.Equal(1, document.GetProperty("exitCode").GetInt32());
        Assert.Equal(20, Number(document.GetProperty("targets")[0], "median"));
        Assert.Equal(50, Number(second, "median"));
        Assert.Equal(2.5, Number(second, "ratio"));
        Assert.Equal(3, second.GetProperty("rounds").GetArrayLength());
        Assert.Equal(60, second.GetProperty("rounds")[2].GetProperty("messagesPerSecond").GetDouble());
        Assert.Equal(3, second.GetProperty("failed").GetInt64());
        Assert.Equal(2, second.GetProperty("failures").GetProperty("lost").GetInt64());
        Assert.Equal("ws://h/", second.GetProperty("address").GetString());
        Assert.Equal(JsonValueKind.Null, second.GetProperty("process").ValueKind);
        Assert.Equal(
            JsonValueKind.Null, second.GetProperty("median").GetProperty("cpuMicrosecondsPerMessage").ValueKind);
    }

    // A median has the same name in the document as the number in each round.
    [Fact]
    public void EveryFigure_IsInTheRounds()
    {
        var document = JsonDocument.Parse(CompareJson.From(Report, ExitCode.Failed).Serialize()).RootElement;
        var target = document.GetProperty("targets")[0];

        Assert.Equal(
            target.GetProperty("rounds")[0].EnumerateObject().Select(property => property.Name).Order(),
            target.GetProperty("median").EnumerateObject().Select(property => property.Name).Order());
    }

    [Fact]
    public void TheTable_HasARatioToTheFirst()
    {
        using var console = new TestConsole().Width(120);

        CompareTable.Write(console, Report);

        Assert.Matches(@"messages/s\s+20\s+50\s+2\.50", console.Output);
        Assert.Matches(@"failed or lost\s+0\s+3", console.Output);
        Assert.Contains("second: lost × 2", console.Output, StringComparison.Ordinal);
        Assert.DoesNotContain("Warning", console.Output, StringComparison.Ordinal);
    }

    [Fact]
    public void TheTable_WarnsOfAGeneratorAtItsEnd()
    {
        var saturated = First with { Rounds = [new RoundFigures { GeneratorCpusBusy = 0.95 }] };
        using var console = new TestConsole().Width(200);

        CompareTable.Write(console, Report with { Targets = [saturated] });

        Assert.Contains("Warning: wsload's one thread was busy", console.Output, StringComparison.Ordinal);
    }

    private static double Number(JsonElement target, string kind) =>
        target.GetProperty(kind).GetProperty("messagesPerSecond").GetDouble();

    private static TargetReport Of(
        string name, int? process, double[] rates, IReadOnlyList<KeyValuePair<string, long>> failures) => new(
        new ComparedTarget(name, new Uri("ws://h/?token=secret"), process),
        [.. rates.Select(rate => new RoundFigures { MessagesPerSecond = rate, GeneratorCpusBusy = 0.5 })],
        failures);
}
