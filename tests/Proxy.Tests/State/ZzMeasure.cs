using System.Diagnostics;
using WsBalancer.Proxy.State;

namespace WsBalancer.Proxy.Tests.State;

public sealed class ZzMeasure : IDisposable
{
    private readonly StateFolderFixture _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData(1000, true)]
    [InlineData(10000, true)]
    [InlineData(1000, false)]
    [InlineData(10000, false)]
    public async Task Measure(int names, bool live)
    {
        var t0 = Stopwatch.GetTimestamp();
        using var store = new StateStore("balancer-1-9900", _folder.Open()).Load();
        await store.ReceiveAsync([.. Enumerable.Range(0, names).Select(i => new StateRecord(
            StateKey.Of("chat", StateKind.Member, $"ws-{i:d5}"), new StateVersion(i + 1, "balancer-1-9900"),
            live ? new MemberValue(MemberOrigin.Added, $"http://10.0.{i / 250}.{i % 250}:5000/", 1) : null))]);
        File.AppendAllText("/tmp/rec/measure.txt", $"written {Stopwatch.GetElapsedTime(t0).TotalMilliseconds}\n");
        var size = new FileInfo(_folder.Path).Length;
        var times = new List<double>(); var cpu = Process.GetCurrentProcess().TotalProcessorTime;
        for (var i = 0; i < 60; i++)
        {
            var started = Stopwatch.GetTimestamp();
            await store.WriteAsync([new StateChange(StateSample.Weight, StateSample.Of(i))], TestContext.Current.CancellationToken);
            times.Add(Stopwatch.GetElapsedTime(started).TotalMilliseconds);
        }
        var used = (Process.GetCurrentProcess().TotalProcessorTime - cpu).TotalMilliseconds / 60; times.Sort();
        File.AppendAllText("/tmp/rec/measure.txt", $"{names} {(live ? "live" : "dead")} {size} bytes, {size / names} a name, p50 {times[30]:f1} p90 {times[54]:f1} ms min {times[0]:f1} cpu {used:f1}\n");
    }
}
