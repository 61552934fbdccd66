using WsBalancer.HashRing;

namespace WsBalancer.Cli.RingCompare;

/// <summary>Applies the same change to the ring of every algorithm, and measures the ring.</summary>
internal sealed class RingComparison(Growth growth, BestTime bestTime)
{
    // The runtime compiles frequent methods again, several times, each time after 0.1 s without new ones. The warm-up
    // of all algorithms together includes these compilations, so that the first algorithm has no disadvantage.
    private static readonly TimeSpan LookupWarmUp = TimeSpan.FromSeconds(1.5);
    private static readonly TimeSpan LookupMeasuring = TimeSpan.FromSeconds(1.5);

    private static readonly TimeSpan BuildWarmUp = TimeSpan.FromSeconds(0.7);
    private static readonly TimeSpan BuildMeasuring = TimeSpan.FromSeconds(0.5);

    public ComparisonReport Run()
    {
        var candidates = RingAlgorithm.All.Select(algorithm => new Candidate(algorithm, growth)).ToArray();
        var builds = bestTime.Of(BuildWarmUp, BuildMeasuring, [.. candidates.Select(candidate => candidate.Build)]);

        var lookups = bestTime.Of(
            LookupWarmUp,
            LookupMeasuring,
            [
                .. candidates.Select<Candidate, Action>(candidate => candidate.Lookups.FromIds),
                .. candidates.Select<Candidate, Action>(candidate => candidate.Lookups.FromHashes),
            ]);

        var reports = candidates.Select(
            (candidate, i) => candidate.Report(builds[i], lookups[i], lookups[candidates.Length + i]));
        return new ComparisonReport(growth.Nodes, growth.Added, growth.EvenShareOfAdded, [.. reports]);
    }
}
