using WsBalancer.LoadTest.Load;

namespace WsBalancer.LoadTest.Report;

/// <summary>The results of a run in numbers; the JSON document has the same shape.</summary>
internal sealed record RunReport(
    ReportSettings Settings,
    DateTimeOffset StartedAt,
    double DurationSeconds,
    bool Stopped,
    ReportConnections Connections,
    ReportMessages Messages,
    ReportLatency Latency,
    ReportGenerator Generator)
{
    /// <summary>Failed and lost connections, lost and unsent messages.</summary>
    public long Errors => Connections.Failed + Connections.Lost + Messages.Lost + Messages.Unsent;

    public static RunReport From(
        RunSettings settings, LoadRun run, DateTimeOffset startedAt, TimeSpan duration, bool stopped)
    {
        var found = run.Measurements;
        return new RunReport(
            ReportSettings.From(settings),
            startedAt,
            Math.Round(duration.TotalSeconds, 3),
            stopped,
            ReportConnections.From(found, run.Open.Peak),
            ReportMessages.From(found, run.Held),
            new ReportLatency(
                found.Connect.Summarize(),
                found.ConnectService.Summarize(),
                found.Message.Summarize(),
                found.MessageService.Summarize()),
            ReportGenerator.From(found));
    }
}

/// <summary>Latency counts from the intended time; service time from the actual one.</summary>
internal sealed record ReportLatency(
    LatencySummary Connect, LatencySummary ConnectService, LatencySummary Message, LatencySummary MessageService);
