using WsBalancer.LoadTest.Load;

namespace WsBalancer.LoadTest.Report;

/// <summary>The requested settings. The address is without its query, which may contain a secret.</summary>
internal sealed record ReportSettings(
    string Target,
    int Connections,
    double ConnectsPerSecond,
    double HoldSeconds,
    double? MessagesPerSecond,
    int MessageSizeBytes,
    string MessageKind,
    double ConnectTimeoutSeconds,
    double GraceSeconds)
{
    public static ReportSettings From(RunSettings settings) => new(
        settings.Target.Shown,
        settings.Connections,
        settings.ConnectRate.PerSecond,
        settings.Hold.TotalSeconds,
        settings.MessageRate?.PerSecond,
        settings.MessageSize,
        settings.IsBinary ? "binary" : "text",
        settings.ConnectTimeout.TotalSeconds,
        settings.Grace.TotalSeconds);
}
