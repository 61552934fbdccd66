using System.Globalization;

namespace WsBalancer.LoadTest.Compare;

/// <summary>The result of a comparison.</summary>
internal sealed record CompareReport(
    CompareSettings Settings, DateTimeOffset StartedAt, double DurationSeconds, IReadOnlyList<TargetReport> Targets)
{
    // Relative to the one CPU that a single thread can use.
    private const double Saturated = 0.9;

    public long Failed => Targets.Sum(target => target.Failed);

    /// <summary>Warnings for targets whose numbers were limited by this program.</summary>
    public IReadOnlyList<string> Warnings =>
    [
        .. from target in Targets
           where target.Median(figures => figures.GeneratorCpusBusy) >= Saturated
           select string.Create(
               CultureInfo.InvariantCulture,
               $"wsload's one thread was busy all the time with {target.Target.Name}, whose messages/s and latency are "
               + $"therefore wsload's own. CPU and memory are not affected."),
    ];
}

/// <summary>The result for one target.</summary>
internal sealed record TargetReport(
    ComparedTarget Target, IReadOnlyList<RoundFigures> Rounds, IReadOnlyList<KeyValuePair<string, long>> Failures)
{
    public long Failed => Failures.Sum(failure => failure.Value);

    public double? Median(Func<RoundFigures, double?> figure) => Medians.Of(Rounds.Select(figure));
}
