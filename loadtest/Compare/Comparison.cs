namespace WsBalancer.LoadTest.Compare;

/// <summary>
/// Measures the targets in turn, round after round, so that a busy minute of the machine affects all targets.
/// </summary>
internal sealed class Comparison(CompareSettings settings, TimeProvider time, Action<string> report)
{
    /// <summary>Runs all measurements on the calling thread, without a time limit.</summary>
    /// <exception cref="IOException">The process of a target does not exist.</exception>
    /// <exception cref="System.Net.Sockets.SocketException">The host of a target cannot be resolved.</exception>
    public CompareReport Run(CancellationToken stop)
    {
        var startedAt = time.GetUtcNow();
        var begun = time.GetTimestamp();
        var targets = settings.Targets
            .Select(target => TargetMeasuring.Of(target, settings, time))
            .ToList();
        foreach (var target in targets)
        {
            report($"warm-up: {target.Target.Name}");
            target.WarmUp(stop);
        }

        for (var round = 1; round <= settings.Rounds; round++)
        {
            foreach (var target in targets)
            {
                report($"round {round} of {settings.Rounds}: {target.Target.Name}");
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
