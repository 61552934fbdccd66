using Microsoft.Extensions.Time.Testing;
using WsBalancer.LoadTest.Load;
using WsBalancer.LoadTest.Report;
using WsBalancer.LoadTest.Values;

namespace WsBalancer.LoadTest.Tests;

/// <summary>A report of invented measurements.</summary>
internal static class Sample
{
    public static readonly FakeTimeProvider Time = new();

    public static readonly RunSettings Settings = new(
        new Target(new Uri("ws://h/ws?token=secret"), "u"), 10, new Rate(5), TimeSpan.FromSeconds(30));

    public static RunReport Report(Action<Measurements> fill)
    {
        var run = new LoadRun(Settings, Time);
        fill(run.Measurements);
        return RunReport.From(Settings, run, DateTimeOffset.UnixEpoch, TimeSpan.FromSeconds(32), stopped: false);
    }

    public static void Add(this Counter counter, int times)
    {
        for (var time = 0; time < times; time++)
        {
            counter.Add();
        }
    }

    public static void RecordMs(this LatencyRecorder recorder, double milliseconds) =>
        recorder.Record(0, (long)(milliseconds * Time.TimestampFrequency / 1_000));
}
