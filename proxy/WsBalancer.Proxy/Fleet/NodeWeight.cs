using System.Globalization;
using WsBalancer.HashRing;
using Yarp.ReverseProxy.Configuration;

namespace WsBalancer.Proxy.Fleet;

/// <summary>A node's weight, from the metadata of its destination: 0…65535, default 1.</summary>
internal static class NodeWeight
{
    public const string MetadataKey = "Weight";

    private const int Largest = RingNode.MaxWeight;

    /// <summary>The weight of a destination that has been checked with <see cref="MistakeIn"/>.</summary>
    public static int Of(DestinationConfig destination) =>
        NodeMetadata.Find(destination, MetadataKey) is { } text ? int.Parse(text, CultureInfo.InvariantCulture) : 1;

    /// <summary>The text of a weight in metadata.</summary>
    public static string Text(int weight) => weight.ToString(CultureInfo.InvariantCulture);

    /// <summary>The mistake in the configured weight, or null.</summary>
    public static string? MistakeIn(DestinationConfig destination) =>
        NodeMetadata.Find(destination, MetadataKey) is not { } text
        || (int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var weight) && weight <= Largest)
            ? null
            : $"'{text}': expected a whole number from 0 to {Largest} (default 1)";
}
