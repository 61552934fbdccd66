using System.Globalization;

namespace WsBalancer.HashRing;

/// <summary>What a ring cannot be built from.</summary>
/// <param name="Part">The name of the property that is wrong, of <see cref="RingOptions"/> or of
/// <see cref="RingNode"/>.</param>
/// <param name="Value">What it is; null if it is missing, or a secret.</param>
/// <param name="Expected">What would be right, and why if that is not plain.</param>
/// <param name="NodeId">The node that it is about; null if it is about the options or all nodes together.</param>
public sealed record RingMistake(string Part, object? Value, string Expected, string? NodeId = null)
{
    /// <summary>The mistake as a sentence.</summary>
    public override string ToString()
    {
        var value = Value is null ? "" : string.Create(CultureInfo.InvariantCulture, $" is '{Value}'");
        return $"{Part}{(NodeId is null ? "" : $" of node '{NodeId}'")}{value}: expected {Expected}.";
    }
}
