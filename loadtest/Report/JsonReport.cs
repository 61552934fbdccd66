using System.Reflection;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace WsBalancer.LoadTest.Report;

/// <summary>The document that <c>--json</c> writes; its schema is in loadtest/README.md.</summary>
internal sealed record JsonReport(
    int SchemaVersion,
    string ToolVersion,
    int ExitCode,
    DateTimeOffset StartedAt,
    double DurationSeconds,
    bool Stopped,
    ReportSettings Settings,
    ReportConnections Connections,
    ReportMessages Messages,
    long Errors,
    ReportLatency Latency,
    ReportGenerator Generator,
    IReadOnlyList<JsonThreshold> Thresholds)
{
    // Raised when a field changes its meaning or is removed; new fields do not raise it.
    private const int CurrentSchema = 1;

    private static readonly JsonSerializerOptions Layout = new(JsonSerializerDefaults.Web)
    {
        WriteIndented = true,
        // Thresholds contain < and >, which must stay readable: this document is not embedded in HTML.
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    public static JsonReport From(RunReport report, IEnumerable<ThresholdVerdict> verdicts, int exitCode) => new(
        CurrentSchema,
        typeof(JsonReport).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()!.InformationalVersion,
        exitCode,
        report.StartedAt,
        report.DurationSeconds,
        report.Stopped,
        report.Settings,
        report.Connections,
        report.Messages,
        report.Errors,
        report.Latency,
        report.Generator,
        [.. verdicts.Select(verdict => new JsonThreshold(verdict.Text, verdict.Actual, verdict.Met))]);

    public string Serialize() => JsonSerializer.Serialize(this, Layout) + "\n";
}

/// <summary>
/// A threshold in the document; <see cref="Actual"/> is in ms, a count or %, as the threshold's text specifies.
/// </summary>
internal sealed record JsonThreshold(string Text, double? Actual, bool Met);
