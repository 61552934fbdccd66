namespace WsBalancer.LoadTest.Comparing;

/// <summary>Measures the targets in turn, round after round, so that a busy minute of the machine meets them all.
/// </summary>
internal sealed class Comparison(CompareSettings settings, TimeProvider time, Action<string> tell)
{
    /// <summary>Takes as long as it takes, on the calling thread.</summary>
    /// <exception cref="IOException">The process of a target is not there.</exception>
    /// <exception cref="System.Net.Sockets.SocketException">The host of a target is not known.</exception>
    public CompareReport Run(CancellationToken stop)
    {
        var startedAt = time.GetUtcNow();
        var begun = time.GetTimestamp();
        var targets = settings.Targets
            .Select(target => TargetMeasuring.Of(target, settings, time))
            .ToList();
        foreach (var target in targets)
        {
            tell($"warm-up: {target.Target.Name}");
            target.WarmUp(stop);
        }

        for (var round = 1; round <= settings.Rounds; round++)
        {
            foreach (var target in targets)
            {
                tell($"round {round} of {settings.Rounds}: {target.Target.Name}");
                target.Measure(stop);
            }
        }

        return new CompareReport(
            settings,
            startedAt,
            time.GetElapsedTime(begun).TotalSeconds,
            [.. targets.Select(target => new TargetReport(target.Target, target.Rounds, target.Failures.Snapshot()))]);
    }
}
