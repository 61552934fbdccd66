using System.Runtime.CompilerServices;

namespace WsBalancer.HashRing.Rendezvous;

/// <summary>
/// A node in the contest for one slot. The smaller L(draw) / weight is preferred; then the larger draw; then the lower
/// index.
/// </summary>
/// <remarks>
/// L(draw) / weight of a uniform draw is exponential with rate weight, so the probability that a node has the smallest
/// of several is proportional to its weight (Schindelhauer and Schomaker, "Weighted distributed hash tables", 2005).
/// Quotients are compared by cross-multiplication in 128 bits: exactly, and unchanged when all weights are scaled.
/// </remarks>
internal readonly struct Contender(ulong draw, int weight, int node)
{
    /// <summary>The contender that every other one beats: the winner when no node takes part.</summary>
    public static readonly Contender None = new(0, 0, -1);

    public ulong Draw { get; } = draw;

    public int Weight { get; } = weight;

    public int Node { get; } = node;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public bool Beats(in Contender other)
    {
        if (Weight == other.Weight)
        {
            // L never increases with the draw, so among equal weights no logarithm is needed.
            return Draw > other.Draw || (Draw == other.Draw && Node < other.Node);
        }

        // If one contender has both the larger weight and the larger draw, it wins: no logarithm is needed here either.
        var isHeavier = Weight > other.Weight;
        if (Draw != other.Draw && isHeavier == Draw > other.Draw)
        {
            return isHeavier;
        }

        return BeatsByQuotient(NegLog2.Of(Draw), other, NegLog2.Of(other.Draw));
    }

    /// <summary>The same as <see cref="Beats"/>, for two different nodes whose L(draw) is already computed.</summary>
    public bool BeatsByQuotient(ulong log, in Contender other, ulong otherLog)
    {
        var mine = Math.BigMul(log, (ulong)other.Weight);
        var theirs = Math.BigMul(otherLog, (ulong)Weight);
        if (mine != theirs)
        {
            return mine < theirs;
        }

        return Draw != other.Draw ? Draw > other.Draw : Node < other.Node;
    }
}
