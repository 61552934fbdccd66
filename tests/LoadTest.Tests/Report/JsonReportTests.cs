using System.Text.Json;
using WsBalancer.LoadTest.Report;

namespace WsBalancer.LoadTest.Tests.Report;

public sealed class JsonReportTests
{
    [Fact]
    public void Serialize_HasTheDocumentedFields()
    {
        var root = Document();

        Assert.Equal(
            ["schemaVersion", "toolVersion", "exitCode", "startedAt", "durationSeconds", "stopped", "settings",
             "connections", "messages", "errors", "latency", "generator", "thresholds"],
            Names(root));
        Assert.Equal(
            ["target", "connections", "connectsPerSecond", "holdSeconds", "messagesPerSecond", "messageSizeBytes",
             "messageKind", "connectTimeoutSeconds", "graceSeconds"],
            Names(root.GetProperty("settings")));
        Assert.Equal(
            ["attempted", "opened", "failed", "abandoned", "peakOpen", "closed", "lost", "closedAtEnd", "cutAtEnd",
             "failures", "closeCodes"],
            Names(root.GetProperty("connections")));
        Assert.Equal(
            ["scheduled", "sent", "unsent", "echoed", "lost", "duplicates", "foreign", "other", "sentPerSecond",
             "echoedPerSecond"],
            Names(root.GetProperty("messages")));
        Assert.Equal(
            ["connect", "connectService", "message", "messageService"], Names(root.GetProperty("latency")));
        Assert.Equal(
            ["count", "minMs", "meanMs", "p50Ms", "p90Ms", "p95Ms", "p99Ms", "p999Ms", "maxMs"],
            Names(root.GetProperty("latency").GetProperty("connect")));
        Assert.Equal(
            ["connectLag", "sendLag", "cpuSeconds", "peakMemoryBytes", "warnings"],
            Names(root.GetProperty("generator")));
    }

    [Fact]
    public void Serialize_HasWhatWasMeasured()
    {
        var root = Document();
        var latency = root.GetProperty("latency");

        Assert.Equal(12.5, latency.GetProperty("connect").GetProperty("maxMs").GetDouble());
        Assert.Equal(JsonValueKind.Null, latency.GetProperty("message").GetProperty("p99Ms").ValueKind);
        Assert.Equal(2, root.GetProperty("connections").GetProperty("closeCodes").GetProperty("1012").GetInt32());
        Assert.Equal(1, root.GetProperty("connections").GetProperty("failures").GetProperty("http503").GetInt32());
    }

    [Fact]
    public void Serialize_KeepsAThresholdReadableAndTheQuerySecret()
    {
        var text = Text();

        Assert.Contains("\"text\": \"connect.p99<1ms\"", text, StringComparison.Ordinal);
        Assert.Contains("\"actual\": 12.5", text, StringComparison.Ordinal);
        Assert.DoesNotContain("secret", text, StringComparison.Ordinal);
    }

    [Fact]
    public void Serialize_OfALateGenerator_Warns()
    {
        var late = Sample.Report(found => found.SendLag.RecordMs(10.5));
        var onTime = Sample.Report(found => found.SendLag.RecordMs(9.5));

        Assert.Contains("p99 10.5 ms", Assert.Single(late.Generator.Warnings), StringComparison.Ordinal);
        Assert.Empty(onTime.Generator.Warnings);
    }

    private static string Text()
    {
        var report = Sample.Report(found =>
        {
            found.ConnectsStarted.Add(3);
            found.Opened.Add(2);
            found.Connect.RecordMs(12.5);
            found.ConnectFailures.Add("http503");
            found.CloseCodes.Add(1012);
            found.CloseCodes.Add(1012);
        });
        var verdict = ThresholdParser.Parse("connect.p99<1ms", out _)!.Judge(report);
        return JsonReport.From(report, [verdict], ExitCode.ThresholdMissed).Serialize();
    }

    private static JsonElement Document() => JsonDocument.Parse(Text()).RootElement;

    private static IEnumerable<string> Names(JsonElement element) =>
        element.EnumerateObject().Select(property => property.Name);
}
