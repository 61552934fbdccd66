using WsBalancer.HashRing;
using WsBalancer.Proxy.Settings;
using Yarp.ReverseProxy.Configuration;

namespace WsBalancer.Proxy.Fleet;

/// <summary>Checks whether a ring can take the nodes of a cluster.</summary>
internal static class RingMembers
{
    /// <summary>The mistakes in the settings of the nodes; empty if the algorithm is unknown.</summary>
    public static IEnumerable<SettingsError> MistakesIn(
        string clusterId, IReadOnlyDictionary<string, DestinationConfig> destinations, RingSettings settings)
    {
        if (settings.Kind is not { } algorithm)
        {
            return [];
        }

        var alone = destinations.SelectMany(node => MistakesOf(node.Key, node.Value, algorithm)).ToArray();
        var wrong = alone.Select(mistake => mistake.Key).ToHashSet(StringComparer.Ordinal);

        // A setting with a mistake of its own must not be reported twice.
        var together = algorithm.MistakesIn(MembersOf(destinations, algorithm))
            .Select(mistake => (Key: KeyOf(mistake), Text: TextOf(mistake, destinations)))
            .Where(mistake => !wrong.Contains(mistake.Key))
            .DistinctBy(mistake => mistake.Key, StringComparer.Ordinal);
        return
        [
            .. from mistake in alone.Concat(together)
               let key = $"ReverseProxy:Clusters:{clusterId}:Destinations:{mistake.Key}"
               select new SettingsError(key, $"{key} is {mistake.Text}."),
        ];
    }

    private static IEnumerable<(string Key, string Text)> MistakesOf(
        string id, DestinationConfig destination, RingAlgorithm algorithm)
    {
        if (NodeWeight.MistakeIn(destination) is { } weight)
        {
            yield return (WeightOf(id), weight);
        }

        if (NodeRingKey.MistakeIn(destination, algorithm) is { } key)
        {
            yield return (RingKeyOf(id), key);
        }
    }

    // An invalid weight adds nothing to the sum. A node without a valid address has no key: the mistake is reported for
    // its address.
    private static IEnumerable<RingNode> MembersOf(
        IReadOnlyDictionary<string, DestinationConfig> destinations, RingAlgorithm algorithm) =>
        from node in destinations
        let key = NodeRingKey.Of(node.Value, algorithm)
        where key is not null || !algorithm.HasKeys
        let weight = NodeWeight.MistakeIn(node.Value) is null ? NodeWeight.Of(node.Value) : 0
        select new RingNode(node.Key, weight, key);

    private static string KeyOf(RingMistake mistake) => mistake switch
    {
        { NodeId: { } id, Part: nameof(RingNode.Weight) } => WeightOf(id),
        { NodeId: { } id } => RingKeyOf(id),
        _ => $" {mistake.Part}",
    };

    private static string TextOf(RingMistake mistake, IReadOnlyDictionary<string, DestinationConfig> destinations)
    {
        var isDefault = mistake is { NodeId: { } id, Part: nameof(RingNode.Key) }
            && NodeMetadata.Find(destinations[id], NodeRingKey.MetadataKey) is null;
        return $"'{mistake.Value}'{(isDefault ? ", from its address" : "")}: expected {mistake.Expected}";
    }

    private static string WeightOf(string id) => $"{id}:Metadata:{NodeWeight.MetadataKey}";

    private static string RingKeyOf(string id) => $"{id}:Metadata:{NodeRingKey.MetadataKey}";
}
