namespace WsBalancer.HashRing;

/// <summary>A node that passed every check, with the bytes of its id.</summary>
internal sealed class Member
{
    public const int MaxIdBytes = 1024;

    private Member(RingNode node, byte[] idBytes)
    {
        Node = node;
        IdBytes = idBytes;
    }

    public RingNode Node { get; }

    public string Id => Node.Id;

    public int Weight => Node.Weight;

    /// <summary>The id in UTF-8: what is hashed, and what nodes are ordered by.</summary>
    public byte[] IdBytes { get; }

    public static Member Of(RingNode node)
    {
        if (string.IsNullOrEmpty(node.Id))
        {
            throw new ArgumentException("A node id is empty; every node needs one.", nameof(node));
        }

        var bytes = StrictUtf8.TryEncode(node.Id) ?? throw new ArgumentException(
            $"Node id '{node.Id}' is not well-formed UTF-16: it has a surrogate without its other half.",
            nameof(node));
        if (bytes.Length > MaxIdBytes)
        {
            throw new ArgumentException(
                $"Node id '{node.Id[..32]}…' has {bytes.Length} bytes of UTF-8; at most {MaxIdBytes} are allowed.",
                nameof(node));
        }

        ThrowIfNotAWeight(node.Id, node.Weight);
        return new Member(node, bytes);
    }

    public Member WithWeight(int weight)
    {
        ThrowIfNotAWeight(Id, weight);
        return new Member(Node with { Weight = weight }, IdBytes);
    }

    private static void ThrowIfNotAWeight(string id, int weight)
    {
        if (weight is < 0 or > RingNode.MaxWeight)
        {
            throw new ArgumentOutOfRangeException(
                nameof(weight), weight, $"The weight of node '{id}' must be 0 to {RingNode.MaxWeight}.");
        }
    }
}
