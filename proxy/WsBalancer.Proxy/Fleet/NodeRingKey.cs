using System.Globalization;
using System.Text;
using WsBalancer.HashRing;
using WsBalancer.Proxy.State;
using Yarp.ReverseProxy.Configuration;

namespace WsBalancer.Proxy.Fleet;

/// <summary>
/// The text that a ring hashes for a node when the ring is compatible with another balancer: the node's name in that
/// balancer, from the metadata of the destination, or <c>host:port</c> of the address.
/// </summary>
internal static class NodeRingKey
{
    public const string MetadataKey = "RingKey";

    private const int MaxBytes = RingNode.MaxNameBytes;

    /// <summary>The key; null if the ring hashes the ids, or if neither metadata nor address have one.</summary>
    public static string? Of(DestinationConfig destination, RingAlgorithm algorithm) =>
        algorithm.HasKeys
            ? NodeMetadata.Find(destination, MetadataKey) ?? HostAndPort(destination.Address)
            : null;

    /// <summary>The mistake in the configured key itself, or null. A ring without keys ignores the key.</summary>
    public static string? MistakeIn(DestinationConfig destination, RingAlgorithm algorithm) =>
        (NodeMetadata.Find(destination, MetadataKey), algorithm) switch
        {
            (_, { HasKeys: false }) => null,
            (null, { HasNumbersForKeys: true }) =>
                "missing: expected the server's id in HAProxy, which numbers servers by their order, and configuration "
                + "keeps none",
            (null, _) => null,
            ("", _) => $"'': expected 1 to {MaxBytes} bytes",
            ({ } key, _) when Encoding.UTF8.GetByteCount(key) is > MaxBytes and var bytes =>
                $"'{key[..32]}…', {bytes} bytes: expected at most {MaxBytes}",
            ({ } key, _) when !NodeBounds.IsRingKey(key) =>
                $"'{RecordText.Of(key)}': expected {NodeBounds.ExpectedRingKey}",
            _ => null,
        };

    // The port is always written, as in balancers that have no scheme for a default port.
    private static string? HostAndPort(string address) =>
        Uri.TryCreate(address, UriKind.Absolute, out var uri) && uri.Port >= 0
            ? string.Create(CultureInfo.InvariantCulture, $"{uri.Host}:{uri.Port}")
            : null;
}
