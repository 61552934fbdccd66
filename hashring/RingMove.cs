namespace WsBalancer.HashRing;

/// <summary>What a plan moves from one node to another.</summary>
/// <param name="FromId">The owner before; null where nobody was.</param>
/// <param name="ToId">The owner afterwards; null where nobody is.</param>
/// <param name="Share">The exact part of the key space that goes this way; never empty.</param>
public readonly record struct RingMove(string? FromId, string? ToId, RingShare Share)
{
    /// <summary>The part as a fraction of the whole key space, more than 0 and at most 1.</summary>
    public double Ratio => Share.Ratio;
}
