using WsBalancer.HashRing;

namespace WsBalancer.Cli.RingCompare;

/// <summary>One algorithm: its ring, the effect of the change on the ring, and the actions that are measured.</summary>
internal sealed class Candidate
{
    private readonly RingAlgorithm _algorithm;
    private readonly Ring _ring;
    private readonly RingPlan _plan;

    public Candidate(RingAlgorithm algorithm, Growth growth)
    {
        _algorithm = algorithm;
        var options = new RingOptions { Algorithm = algorithm.Name };
        var nodes = growth.Before(algorithm);
        _ring = Ring.Build(nodes, options);
        _plan = _ring.PlanTo(_ring.Apply(growth.Change(algorithm)));

        Build = () => Ring.Build(nodes, options);
        Lookups = new LookupRound(_ring);
    }

    public Action Build { get; }

    public LookupRound Lookups { get; }

    /// <param name="build">The time of one build.</param>
    /// <param name="fromIds">The time of one round of lookups from user ids.</param>
    /// <param name="fromHashes">The time of one round of lookups from ready hashes.</param>
    public AlgorithmReport Report(TimeSpan build, TimeSpan fromIds, TimeSpan fromHashes) => new(
        _ring.Algorithm,
        _ring.Spec,
        fromIds.TotalNanoseconds / LookupRound.Users,
        fromHashes.TotalNanoseconds / LookupRound.Users,
        build.TotalMilliseconds,
        _ring.TableBytes,
        _plan.Moved,
        _plan.Minimum,
        _plan.Excess,
        Enumerable.Range(0, _ring.Nodes.Count).Max(node => _ring.ShareOf(node).Ratio) * _ring.Nodes.Count,
        WeightWords.Of(_algorithm),
        _algorithm.MaskIsRemoval);
}
