using System.Numerics;

namespace WsBalancer.HashRing;

/// <summary>
/// An immutable set of node indexes: the nodes that a lookup may return. The default value is the empty set. Indexes
/// are those of one ring's <see cref="Ring.Nodes"/>; a ring ignores indexes that it does not have.
/// </summary>
/// <remarks>
/// Health and drains are a mask on the lookup and never a rebuild of the ring, so balancers with different health
/// states for a node disagree about that node's users only. Up to 64 nodes a mask is one word and changing it allocates
/// nothing; for more nodes, each change copies the words.
/// </remarks>
public readonly struct NodeMask
{
    private const int BitsPerWord = 64;

    // Nodes 0 to 63 are in the struct itself: most fleets never need the array.
    private readonly ulong _first;
    private readonly ulong[]? _rest;

    private NodeMask(ulong first, ulong[]? rest)
    {
        _first = first;
        _rest = rest;
    }

    /// <summary>Whether no node is in the set.</summary>
    public bool IsEmpty => _first == 0 && !_rest.AsSpan().ContainsAnyExcept(0UL);

    /// <summary>The number of nodes in the set.</summary>
    public int Count
    {
        get
        {
            var count = BitOperations.PopCount(_first);
            foreach (var word in _rest ?? [])
            {
                count += BitOperations.PopCount(word);
            }

            return count;
        }
    }

    /// <summary>The set of the nodes 0 to <paramref name="count"/> − 1.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The count is negative or over 65,535.</exception>
    public static NodeMask All(int count)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(count);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(count, Ring.MaxNodes);
        if (count <= BitsPerWord)
        {
            return new NodeMask(LowBits(count), null);
        }

        var rest = new ulong[(count - 1) / BitsPerWord];
        Array.Fill(rest, ulong.MaxValue);
        rest[^1] = LowBits(count - (rest.Length * BitsPerWord));
        return new NodeMask(ulong.MaxValue, rest);
    }

    /// <summary>Whether the node is in the set; false for an index that no node can have.</summary>
    public bool Contains(int node)
    {
        if ((uint)node < BitsPerWord)
        {
            return (_first >> node & 1) != 0;
        }

        var word = (node / BitsPerWord) - 1;
        return _rest is not null && (uint)word < (uint)_rest.Length && (_rest[word] >> node & 1) != 0;
    }

    /// <summary>This set with the node added.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The index is negative or over 65,534.</exception>
    public NodeMask With(int node)
    {
        ThrowIfNotANode(node);
        if (node < BitsPerWord)
        {
            return new NodeMask(_first | (1UL << node), _rest);
        }

        var word = (node / BitsPerWord) - 1;
        var rest = new ulong[Math.Max(word + 1, _rest?.Length ?? 0)];
        _rest?.CopyTo(rest, 0);
        rest[word] |= 1UL << node;
        return new NodeMask(_first, rest);
    }

    /// <summary>This set without the node; the same set if the node is not in it.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The index is negative or over 65,534.</exception>
    public NodeMask Without(int node)
    {
        ThrowIfNotANode(node);
        if (!Contains(node))
        {
            return this;
        }

        if (node < BitsPerWord)
        {
            return new NodeMask(_first & ~(1UL << node), _rest);
        }

        var rest = (ulong[])_rest!.Clone();
        rest[(node / BitsPerWord) - 1] &= ~(1UL << node);
        return new NodeMask(_first, rest);
    }

    private static ulong LowBits(int count) => count == BitsPerWord ? ulong.MaxValue : (1UL << count) - 1;

    private static void ThrowIfNotANode(int node)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(node);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(node, Ring.MaxNodes);
    }
}
