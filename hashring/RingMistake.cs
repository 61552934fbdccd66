using System.Globalization;

namespace WsBalancer.HashRing;

/// <summary>A property with which a ring cannot be built.</summary>
/// <param name="Part">
/// The name of the wrong property, of <see cref="RingOptions"/> or of <see cref="RingNode"/>.
/// </param>
/// <param name="Value">The wrong value; null if it is missing, or a secret.</param>
/// <param name="Expected">The values that would be right, and the reason if that is not obvious.</param>
/// <param name="NodeId">
/// The node of the wrong property; null if the mistake concerns the options or all nodes together.
/// </param>
public sealed record RingMistake(string Part, object? Value, string Expected, string? NodeId = null)
{
    /// <summary>The mistake as a sentence.</summary>
    public override string ToString()
    {
        var value = Value is null ? "" : string.Create(CultureInfo.InvariantCulture, $" is '{Value}'");
        return $"{Part}{(NodeId is null ? "" : $" of node '{NodeId}'")}{value}: expected {Expected}.";
    }
}
