using WsBalancer.HashRing;
using WsBalancer.Proxy.State;

namespace WsBalancer.Proxy.Fleet;

/// <summary>Builds the ring of a cluster's members.</summary>
internal static class ClusterRing
{
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

    /// <summary>What the ring, and that which users go over to, cannot take of the members; a sentence each.</summary>
    public static IEnumerable<string> MistakesIn(
        string cluster, IReadOnlyCollection<Member> members, RingSettings settings, BlendValue? blend)
    {
        var configs = members.ToDictionary(member => member.Id, member => member.Config, StringComparer.Ordinal);
        var mistakes = RingMembers.MistakesIn(cluster, configs, settings);
        return blend is null
            ? mistakes
            : mistakes.Concat(RingMembers.MistakesIn(cluster, configs, new RingSettings { Algorithm = blend.To }));
    }

    private static Ring Build(IEnumerable<Member> members, RingOptions options)
    {
        var algorithm = RingAlgorithm.Find(options.Algorithm)!;
        return Ring.Build(
            members.Select(member => new RingNode(member.Id, member.Weight, NodeRingKey.Of(member.Config, algorithm))),
            options);
    }

    // Hash and size belong to the ring that is configured; the other takes its own defaults, and the seed if it can.
    private static RingOptions OptionsOf(BlendValue blend, RingSettings settings) => new()
    {
        Algorithm = blend.To,
        Seed = RingAlgorithm.Find(blend.To)!.TakesSeed ? settings.Seed : null,
    };
}
