namespace WsBalancer.HashRing;

/// <summary>The set of nodes that one walk round a ring has visited.</summary>
internal readonly ref struct SeenNodes(Span<ulong> words)
{
    private const int BitsPerWord = 64;

    private readonly Span<ulong> _words = words;

    /// <summary>The number of words for a number of nodes; at most 1,024, so they may be on the stack.</summary>
    public static int WordsFor(int nodes) => (nodes + BitsPerWord - 1) / BitsPerWord;

    public bool Contains(int node) => (_words[node / BitsPerWord] >> node & 1) != 0;

    /// <summary>Adds the node; returns whether it was new.</summary>
    public bool Add(int node)
    {
        var isNew = !Contains(node);
        _words[node / BitsPerWord] |= 1UL << node;
        return isNew;
    }
}
