using WsBalancer.HashRing;
using WsBalancer.Proxy.State;

namespace WsBalancer.Proxy.Fleet;

/// <summary>Builds the ring of a cluster's members.</summary>
internal static class ClusterRing
{
    /// <summary>
    /// The ring of a composition; the ring of the snapshot before if nodes and settings are the same.
    /// </summary>
    /// <returns>Null without members.</returns>
    public static RingBlend? Build(FleetSnapshot before, Composition composition, RingSettings settings)
    {
        // Most changes do not concern the ring, and building a ring takes a while.
        var isSame = before.Ring is not null
            && before.Settings.Get<RingSettings>() == settings
            && before.Composition.Blend == composition.Blend
            && AlgorithmsOf(settings, composition.Blend).All(algorithm =>
                NodesOf(before.Composition.Members.Values, algorithm).ToHashSet()
                    .SetEquals(NodesOf(composition.Members.Values, algorithm)));
        return isSame ? before.Ring : Build([.. composition.Members.Values], settings, composition.Blend);
    }

    /// <returns>Null without members.</returns>
    public static RingBlend? Build(IReadOnlyCollection<Member> members, RingSettings settings, BlendValue? blend)
    {
        if (members.Count == 0)
        {
            return null;
        }

        var from = Build(members, settings.Options);
        return blend is null
            ? new RingBlend(from)
            : new RingBlend(from, Build(members, OptionsOf(blend, settings)), blend.Share);
    }

    /// <summary>
    /// The mistakes in the members for the configured ring and for the other ring of a blend; a sentence each.
    /// </summary>
    public static IEnumerable<string> MistakesIn(
        string cluster, IReadOnlyCollection<Member> members, RingSettings settings, BlendValue? blend)
    {
        var configs = members.ToDictionary(member => member.Id, member => member.Config, StringComparer.Ordinal);
        var mistakes = RingMembers.MistakesIn(cluster, configs, settings);
        return (blend is null
            ? mistakes
            : mistakes.Concat(RingMembers.MistakesIn(cluster, configs, new RingSettings { Algorithm = blend.To })))
            .Select(mistake => mistake.Message);
    }

    private static Ring Build(IEnumerable<Member> members, RingOptions options) =>
        Ring.Build(NodesOf(members, RingAlgorithm.Find(options.Algorithm)!), options);

    private static IEnumerable<RingNode> NodesOf(IEnumerable<Member> members, RingAlgorithm algorithm) =>
        members.Select(member => new RingNode(member.Id, member.Weight, NodeRingKey.Of(member.Config, algorithm)));

    private static IEnumerable<RingAlgorithm> AlgorithmsOf(RingSettings settings, BlendValue? blend) =>
        blend is null ? [settings.Kind!] : [settings.Kind!, RingAlgorithm.Find(blend.To)!];

    // Hash and table size belong to the configured ring; the other ring has its own defaults, and the seed if its
    // algorithm takes one.
    private static RingOptions OptionsOf(BlendValue blend, RingSettings settings) => new()
    {
        Algorithm = blend.To,
        Seed = RingAlgorithm.Find(blend.To)!.TakesSeed ? settings.Seed : null,
    };
}
