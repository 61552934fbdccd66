using Yarp.ReverseProxy.Configuration;

namespace WsBalancer.Proxy.Fleet;

/// <summary>Reads the metadata of a node's destination. The keys ignore case.</summary>
internal static class NodeMetadata
{
    public static string? Find(DestinationConfig destination, string key) =>
        destination.Metadata?.FirstOrDefault(
            entry => string.Equals(entry.Key, key, StringComparison.OrdinalIgnoreCase)).Value;
}
