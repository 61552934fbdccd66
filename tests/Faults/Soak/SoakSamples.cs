using System.Globalization;
using WsBalancer.EndToEnd.Tests.Fixtures;

namespace WsBalancer.Faults.Tests.Soak;

/// <summary>The memory, descriptors and metric series of the balancer of a soak, sampled at an interval.</summary>
internal sealed class SoakSamples(Balancer balancer)
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(10);

    private readonly List<(long Kilobytes, int Descriptors, int Series)> _samples = [];

    /// <summary>The number of scrapes in which opened was not equal to active + closed.</summary>
    public int Uneven { get; private set; }

    public int Count => _samples.Count;

    public async Task RunAsync(CancellationToken stop)
    {
        while (!stop.IsCancellationRequested)
        {
            var scrape = await balancer.Scrape();
            Uneven += scrape.Opened.Equals(scrape.Active + scrape.Closed) ? 0 : 1;
            _samples.Add((balancer.Process.ResidentKilobytes, balancer.Process.Descriptors, scrape.Count));
            var pause = Task.Delay(Interval, TimeProvider.System, stop);
            await pause.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    /// <summary>The means of the first and of the last third of the samples.</summary>
    public (double First, double Last) Kilobytes => Thirds(static sample => sample.Kilobytes);

    /// <inheritdoc cref="Kilobytes"/>
    public (double First, double Last) Series => Thirds(static sample => sample.Series);

    /// <inheritdoc cref="Kilobytes"/>
    public (double First, double Last) Descriptors => Thirds(static sample => sample.Descriptors);

    public string Table() => string.Create(CultureInfo.InvariantCulture, $"""
        | | first third | last third | most |
        | --- | --- | --- | --- |
        | memory, KB | {Kilobytes.First:0} | {Kilobytes.Last:0} | {_samples.Max(s => s.Kilobytes)} |
        | descriptors | {Descriptors.First:0} | {Descriptors.Last:0} | {_samples.Max(s => s.Descriptors)} |
        | series | {Series.First:0} | {Series.Last:0} | {_samples.Max(s => s.Series)} |
        """);

    // The first minute is excluded, because users still connect.
    private (double First, double Last) Thirds(Func<(long Kilobytes, int Descriptors, int Series), double> value)
    {
        var settled = _samples.Skip(6).Select(value).ToList();
        var third = Math.Max(1, settled.Count / 3);
        return (settled.Take(third).Average(), settled.TakeLast(third).Average());
    }
}
