using WsBalancer.HashRing;

namespace WsBalancer.Cli.RingCompare;

/// <summary>One algorithm: its ring, what the change does to it, and what can be timed of it.</summary>
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

    /// <param name="build">How long one build takes.</param>
    /// <param name="fromIds">How long a round of lookups takes,</param>
    /// <param name="fromHashes">and one from ready hashes.</param>
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
