using System.Globalization;
using WsBalancer.LoadTest.Load;

namespace WsBalancer.LoadTest.Report;

/// <summary>One plain line a second, for logs.</summary>
internal sealed class LineDisplay(TextWriter output, TimeProvider time) : IProgressDisplay
{
    public Task ShowAsync(SnapshotSource source, Task run) =>
        Ticks.WhileAsync(run, time, () => output.WriteLine(Format(source.Take())));

    public static string Format(Snapshot now)
    {
        var head = string.Create(
            CultureInfo.InvariantCulture,
            $"{now.Elapsed.TotalSeconds,5:0} s  {Name(now),-10}  opened {now.Opened}/{now.Wanted}  "
            + $"open {now.OpenNow}  failed {now.Failed}");
        return now.Phase == RunPhase.Connecting
            ? string.Create(
                CultureInfo.InvariantCulture,
                $"{head}  {now.OpenedPerSecond:0}/s  p99 {Time(now.ConnectP99Ms)}  lag p99 {Time(now.LagP99Ms)}")
            : string.Create(
                CultureInfo.InvariantCulture,
                $"{head}  sent {now.SentPerSecond:0}/s  echoed {now.EchoedPerSecond:0}/s  "
                + $"p99 {Time(now.MessageP99Ms)}  lag p99 {Time(now.LagP99Ms)}");
    }

    private static string Name(Snapshot now) => $"{now.Phase}".ToLowerInvariant();

    private static string Time(double? milliseconds) => milliseconds is { } value
        ? value.ToString("0.0", CultureInfo.InvariantCulture) + " ms"
        : "-";
}
