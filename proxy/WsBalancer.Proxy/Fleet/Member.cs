using Yarp.ReverseProxy.Configuration;
using Yarp.ReverseProxy.Model;

namespace WsBalancer.Proxy.Fleet;

/// <summary>A node that a cluster should have, from any source.</summary>
/// <param name="Id">The id of the node.</param>
/// <param name="Config">
/// The node in the form of YARP's configuration; the weight in the metadata is the one in effect.
/// </param>
/// <param name="Configured">YARP's state of the node; null if the configuration does not name it.</param>
/// <param name="Source">The source of the node.</param>
/// <param name="IsWeightOverridden">Whether the weight is an operator's, and not that of the source.</param>
internal sealed record Member(
    string Id,
    DestinationConfig Config,
    DestinationState? Configured,
    NodeSource Source,
    bool IsWeightOverridden = false)
{
    public int Weight => NodeWeight.Of(Config);

    /// <summary>A member that no configuration names.</summary>
    public static Member Of(string id, string address, int weight, string? ringKey, NodeSource source)
    {
        var metadata = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);
        if (ringKey is not null)
        {
            metadata[NodeRingKey.MetadataKey] = ringKey;
        }

        var config = new DestinationConfig { Address = address, Metadata = metadata };
        return new Member(id, config, null, source).WithWeight(weight);
    }

    /// <summary>A member that the configuration names.</summary>
    public static Member Of(DestinationState destination) =>
        new(destination.DestinationId, destination.Model.Config, destination, NodeSource.Configured);

    /// <summary>The same member with another weight.</summary>
    public Member WithWeight(int weight)
    {
        var metadata = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);
        foreach (var (key, value) in Config.Metadata ?? new Dictionary<string, string>())
        {
            metadata[key] = value;
        }

        metadata[NodeWeight.MetadataKey] = NodeWeight.Text(weight);
        return this with { Config = Config with { Metadata = metadata } };
    }
}
