namespace WsBalancer.HashRing;

/// <summary>The part of the key space that a plan moves from one node to another.</summary>
/// <param name="FromId">The owner before the change; null if there was none.</param>
/// <param name="ToId">The owner after the change; null if there is none.</param>
/// <param name="Share">The exact part of the key space that moves; never empty.</param>
public readonly record struct RingMove(string? FromId, string? ToId, RingShare Share)
{
    /// <summary>The part as a fraction of the whole key space, more than 0 and at most 1.</summary>
    public double Ratio => Share.Ratio;
}
