using WsBalancer.LoadTest.Runs;

namespace WsBalancer.LoadTest.Display;

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
