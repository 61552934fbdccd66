using WsBalancer.HashRing.Maglev;
using WsBalancer.HashRing.Points;
using WsBalancer.HashRing.Rendezvous;

namespace WsBalancer.HashRing;

/// <summary>A construction of rings: its name, its options, and the nodes that it accepts.</summary>
public sealed class RingAlgorithm
{
    private static readonly RingAlgorithm[] Known =
    [
        new(RendezvousRing.AlgorithmName, RendezvousRing.Build) { TakesSeed = true, MaskIsRemoval = true },
        new(NginxRing.AlgorithmName, NginxRing.Build)
        {
            PointsPerWeight = NginxRing.PointsPerWeight,
            MaskIsRemoval = true,
        },
        new(HaproxyRing.AlgorithmName, HaproxyRing.Build)
        {
            PointsPerWeight = HaproxyRing.PointsPerWeight,
            MaxWeight = HaproxyRing.MaxWeight,
            Hashes = HaproxyHash.Names,
            MaskIsRemoval = true,
            HasNumbersForKeys = true,
            MistakesInKeys = HaproxyServer.MistakesIn,
        },
        new(EnvoyRing.AlgorithmName, EnvoyRing.Build) { TableSize = EnvoyRing.Sizes, Hashes = EnvoyRing.Hashes },
        new(EnvoyMaglevRing.AlgorithmName, EnvoyMaglevRing.Build) { TableSize = MaglevTable.Sizes },
        new(KetamaRing.AlgorithmName, KetamaRing.Build),
        new(PlainMaglevRing.AlgorithmName, PlainMaglevRing.Build) { TableSize = MaglevTable.Sizes, TakesSeed = true },
    ];

    private RingAlgorithm(string name, Func<Membership, RingOptions, Ring> build)
    {
        Name = name;
        Construct = build;
    }

    /// <summary>Every algorithm, the default first.</summary>
    public static IReadOnlyList<RingAlgorithm> All { get; } = Array.AsReadOnly(Known);

    /// <summary>The algorithm for a fleet that does not need to agree with another balancer.</summary>
    public static RingAlgorithm Default => Known[0];

    /// <summary>The name, as in <see cref="RingOptions.Algorithm"/>.</summary>
    public string Name { get; }

    /// <summary>Whether the ring hashes <see cref="RingNode.Key"/>; if not, it hashes only the id.</summary>
    public bool HasKeys => this != Default;

    /// <summary>Whether keys must be whole numbers from 1.</summary>
    public bool HasNumbersForKeys { get; private init; }

    /// <summary>
    /// Whether the owner under a mask is that of a ring without the other nodes. If not, the owner is still the first
    /// available node of the order.
    /// </summary>
    public bool MaskIsRemoval { get; private init; }

    /// <summary>Whether <see cref="RingOptions.Seed"/> may be set.</summary>
    public bool TakesSeed { get; private init; }

    /// <summary>The largest weight of a node, inclusive.</summary>
    public int MaxWeight { get; private init; } = RingNode.MaxWeight;

    /// <summary>The values of <see cref="RingOptions.Hash"/>, the default first; empty if there is no choice.</summary>
    public IReadOnlyList<string> Hashes { get; private init; } = [];

    /// <summary>The values of <see cref="RingOptions.TableSize"/>; null if there is no choice.</summary>
    public RingTableSize? TableSize { get; private init; }

    private Func<Membership, RingOptions, Ring> Construct { get; }

    private int PointsPerWeight { get; init; }

    private Func<IEnumerable<RingNode>, IEnumerable<RingMistake>> MistakesInKeys { get; init; } = static _ => [];

    /// <summary>The algorithm of that name, or null.</summary>
    public static RingAlgorithm? Find(string name) => Array.Find(Known, known => known.Name == name);

    /// <summary>
    /// The parts of these nodes that this algorithm cannot accept, in addition to those that no ring accepts: keys that
    /// are not of the required form or not unique, and weights above its limits.
    /// </summary>
    public IEnumerable<RingMistake> MistakesIn(IEnumerable<RingNode> nodes)
    {
        ArgumentNullException.ThrowIfNull(nodes);
        var all = nodes.ToArray();
        return [.. MistakesInWeights(all), .. HasKeys ? RepeatedKeys(all) : [], .. MistakesInKeys(all)];
    }

    /// <summary>Builds the ring of nodes that passed the checks that hold for every ring.</summary>
    internal Ring Build(Membership membership, RingOptions options)
    {
        if (MistakesIn(membership.Nodes).FirstOrDefault() is { } mistake)
        {
            throw new ArgumentException($"Ring '{Name}': {mistake}", nameof(membership));
        }

        return Construct(membership, options);
    }

    internal IEnumerable<RingMistake> MistakesIn(RingOptions options)
    {
        if (options.Hash is { } hash && !Hashes.Contains(hash))
        {
            var expected = Hashes.Count == 0
                ? $"no hash with '{Name}', which has one of its own"
                : $"one of {string.Join(", ", Hashes)}";
            yield return new RingMistake(nameof(RingOptions.Hash), hash, expected);
        }

        if (options.TableSize is { } size && TableSize?.Allows(size) is not true)
        {
            yield return new RingMistake(
                nameof(RingOptions.TableSize), size, TableSize?.ToString() ?? $"no table size with '{Name}'");
        }

        if (options.Seed is not null && !TakesSeed)
        {
            yield return new RingMistake(
                nameof(RingOptions.Seed),
                null,
                $"no seed with '{Name}': the balancer it agrees with has none, and every user would move");
        }
    }

    private static IEnumerable<RingMistake> RepeatedKeys(RingNode[] nodes)
    {
        var known = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var node in nodes)
        {
            var key = node.Key ?? node.Id;
            if (!known.TryAdd(key, node.Id))
            {
                yield return new RingMistake(
                    nameof(RingNode.Key), key, $"a key of its own, but node '{known[key]}' has it", node.Id);
            }
        }
    }

    private IEnumerable<RingMistake> MistakesInWeights(RingNode[] nodes)
    {
        foreach (var node in nodes.Where(node => node.Weight > MaxWeight))
        {
            yield return new RingMistake(
                nameof(RingNode.Weight), node.Weight, $"at most {MaxWeight} with '{Name}'", node.Id);
        }

        var sum = nodes.Sum(static node => (long)node.Weight);
        if (sum * PointsPerWeight > Ring.MaxPoints)
        {
            yield return new RingMistake(
                "Sum of weights",
                sum,
                $"at most {Ring.MaxPoints / PointsPerWeight} with '{Name}': {PointsPerWeight} points for each");
        }
    }
}
