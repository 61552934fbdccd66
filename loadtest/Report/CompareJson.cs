using System.Reflection;
using System.Text.Encodings.Web;
using System.Text.Json;
using WsBalancer.LoadTest.Compare;

namespace WsBalancer.LoadTest.Report;

/// <summary>The document that <c>compare --json</c> writes; its schema is in loadtest/README.md.</summary>
internal sealed record CompareJson(
    int SchemaVersion,
    string ToolVersion,
    int ExitCode,
    DateTimeOffset StartedAt,
    double DurationSeconds,
    CompareJsonSettings Settings,
    IReadOnlyList<CompareJsonTarget> Targets,
    IReadOnlyList<string> Warnings)
{
    // Raised when a field changes its meaning or is removed; new fields do not raise it.
    private const int CurrentSchema = 1;

    private static readonly JsonSerializerOptions Layout = new(JsonSerializerDefaults.Web)
    {
        WriteIndented = true,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    public static CompareJson From(CompareReport report, int exitCode) => new(
        CurrentSchema,
        typeof(CompareJson).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()!.InformationalVersion,
        exitCode,
        report.StartedAt,
        report.DurationSeconds,
        CompareJsonSettings.From(report.Settings),
        [.. report.Targets.Select(target => CompareJsonTarget.From(target, report.Targets[0]))],
        report.Warnings);

    public string Serialize() => JsonSerializer.Serialize(this, Layout) + "\n";
}

/// <summary>The requested settings.</summary>
internal sealed record CompareJsonSettings(
    int Rounds,
    int Connections,
    int MessageSizeBytes,
    double DurationSeconds,
    int Handshakes,
    int Tunnels,
    double WarmUpSeconds)
{
    public static CompareJsonSettings From(CompareSettings settings) => new(
        settings.Rounds,
        settings.Connections,
        settings.MessageSize,
        settings.Duration.TotalSeconds,
        settings.Handshakes,
        settings.Tunnels,
        settings.WarmUp.TotalSeconds);
}

/// <summary>A target: its medians, the ratios to the medians of the first target, and every round.</summary>
internal sealed record CompareJsonTarget(
    string Name,
    string Address,
    int? Process,
    IReadOnlyDictionary<string, double?> Median,
    IReadOnlyDictionary<string, double?> Ratio,
    IReadOnlyList<RoundFigures> Rounds,
    long Failed,
    IReadOnlyDictionary<string, long> Failures)
{
    public static CompareJsonTarget From(TargetReport target, TargetReport first) => new(
        target.Target.Name,
        target.Target.Shown,
        target.Target.Process,
        Figure.All.ToDictionary(figure => figure.Name, figure => target.Median(figure.Of)),
        Figure.All.ToDictionary(
            figure => figure.Name, figure => Medians.Ratio(target.Median(figure.Of), first.Median(figure.Of))),
        target.Rounds,
        target.Failed,
        target.Failures.ToDictionary());
}
