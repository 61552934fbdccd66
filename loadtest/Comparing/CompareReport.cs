using System.Globalization;

namespace WsBalancer.LoadTest.Comparing;

/// <summary>What a comparison found.</summary>
internal sealed record CompareReport(
    CompareSettings Settings, DateTimeOffset StartedAt, double DurationSeconds, IReadOnlyList<TargetReport> Targets)
{
    // Of the one CPU that a single thread can have.
    private const double Saturated = 0.9;

    public long Failed => Targets.Sum(target => target.Failed);

    /// <summary>Where the numbers are this program's as much as the target's.</summary>
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

/// <summary>What was found of one target.</summary>
internal sealed record TargetReport(
    ComparedTarget Target, IReadOnlyList<RoundFigures> Rounds, IReadOnlyList<KeyValuePair<string, long>> Failures)
{
    public long Failed => Failures.Sum(failure => failure.Value);

    public double? Median(Func<RoundFigures, double?> figure) => Medians.Of(Rounds.Select(figure));
}
