using Yarp.ReverseProxy.Configuration;
using Yarp.ReverseProxy.Model;

namespace WsBalancer.Proxy.Fleet;

/// <summary>A node as a cluster is to have it, wherever it comes from.</summary>
/// <param name="Id">Its id.</param>
/// <param name="Config">As YARP would have it configured; the weight in its metadata is the one in force.</param>
/// <param name="Configured">YARP's side of it, if the configuration names it.</param>
/// <param name="Source">Who brought it.</param>
/// <param name="IsWeightOverridden">Whether the weight is an operator's, not the source's.</param>
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
        return new Member(id, config, null, source).Weighing(weight);
    }

    /// <summary>A member that the configuration names.</summary>
    public static Member Of(DestinationState destination) =>
        new(destination.DestinationId, destination.Model.Config, destination, NodeSource.Configured);

    /// <summary>The same with another weight.</summary>
    public Member Weighing(int weight)
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
