namespace WsBalancer.HashRing.Rendezvous;

/// <summary>
/// A node in the contest for one slot. The smaller L(draw) / weight is preferred; then the larger draw; then the lower
/// index. Contenders compare in that order, the preferred one first.
/// </summary>
/// <remarks>
/// L(draw) / weight of a uniform draw is exponential with rate weight, so the smallest of several is each node's with a
/// probability proportional to its weight (Schindelhauer and Schomaker, "Weighted distributed hash tables", 2005).
/// Quotients are compared by cross-multiplication in 128 bits: exactly, and unchanged when all weights are scaled.
/// </remarks>
internal readonly struct Contender(ulong draw, int weight, int node, ulong log = 0) : IComparable<Contender>
{
    /// <summary>Whom everybody beats: the winner where nobody takes part.</summary>
    public static readonly Contender Nobody = new(0, 0, -1);

    public ulong Draw { get; } = draw;

    public int Weight { get; } = weight;

    public int Node { get; } = node;

    /// <summary>L(draw) if it was computed already, else 0, which L never is.</summary>
    private ulong Log { get; } = log;

    public Contender WithLog() => new(Draw, Weight, Node, NegLog2.Of(Draw));

    public bool Beats(in Contender other)
    {
        if (Weight == other.Weight)
        {
            // L never increases with the draw, so among equal weights no logarithm is needed.
            return Draw > other.Draw || (Draw == other.Draw && Node < other.Node);
        }

        // Weight and draw both larger, or both smaller, decide without logarithms too.
        var isHeavier = Weight > other.Weight;
        if (Draw != other.Draw && isHeavier == Draw > other.Draw)
        {
            return isHeavier;
        }

        return CompareQuotients(other) < 0;
    }

    public int CompareTo(Contender other)
    {
        if (Node == other.Node)
        {
            return 0;
        }

        return Beats(other) ? -1 : 1;
    }

    private int CompareQuotients(in Contender other)
    {
        var mine = Math.BigMul(Log == 0 ? NegLog2.Of(Draw) : Log, (ulong)other.Weight);
        var theirs = Math.BigMul(other.Log == 0 ? NegLog2.Of(other.Draw) : other.Log, (ulong)Weight);
        if (mine != theirs)
        {
            return mine.CompareTo(theirs);
        }

        return Draw != other.Draw ? other.Draw.CompareTo(Draw) : Node.CompareTo(other.Node);
    }
}
