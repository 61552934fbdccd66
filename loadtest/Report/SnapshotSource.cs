using WsBalancer.LoadTest.Load;

namespace WsBalancer.LoadTest.Report;

/// <summary>Takes snapshots of a run, each covering the interval since the one before.</summary>
internal sealed class SnapshotSource(LoadRun run, int wanted, TimeProvider time)
{
    private readonly long _begun = time.GetTimestamp();
    private long _last = time.GetTimestamp();
    private long _opened;
    private long _sent;
    private long _echoed;

    public Snapshot Take()
    {
        var found = run.Measurements;
        var now = time.GetTimestamp();
        var seconds = time.GetElapsedTime(_last, now).TotalSeconds;
        _last = now;

        var connectLag = found.ConnectLag.TakeInterval().P99Ms;
        var sendLag = found.SendLag.TakeInterval().P99Ms;
        return new Snapshot(
            run.Phase,
            time.GetElapsedTime(_begun, now),
            wanted,
            found.Opened.Value,
            run.Open.Count,
            found.ConnectFailures.Total,
            PerSecond(found.Opened.Value, ref _opened, seconds),
            PerSecond(found.MessagesSent.Value, ref _sent, seconds),
            PerSecond(found.MessagesEchoed.Value, ref _echoed, seconds),
            found.Connect.TakeInterval().P99Ms,
            found.Message.TakeInterval().P99Ms,
            sendLag ?? connectLag);
    }

    private static double PerSecond(long total, ref long last, double seconds)
    {
        var rate = seconds > 0 ? (total - last) / seconds : 0;
        last = total;
        return rate;
    }
}

/// <summary>The current state of a run: totals, and rates and latencies of the last interval.</summary>
internal sealed record Snapshot(
    RunPhase Phase,
    TimeSpan Elapsed,
    int Wanted,
    long Opened,
    int OpenNow,
    long Failed,
    double OpenedPerSecond,
    double SentPerSecond,
    double EchoedPerSecond,
    double? ConnectP99Ms,
    double? MessageP99Ms,
    double? LagP99Ms);
