namespace WsBalancer.HashRing;

/// <summary>A ring that hashes the keys of its nodes and is rebuilt in full for every change.</summary>
internal abstract class KeyedRing : Ring
{
    private readonly RingAlgorithm _algorithm;
    private readonly RingOptions _options;

    private protected KeyedRing(Membership membership, RingOptions options, string spec)
        : base(membership, RingSeeds.Of(options.Seed), options.Algorithm, spec, hasKeys: true)
    {
        _algorithm = RingAlgorithm.Find(options.Algorithm)!;
        _options = options;
    }

    private protected override Ring WithMembership(Membership next) => _algorithm.Build(next, _options);
}
