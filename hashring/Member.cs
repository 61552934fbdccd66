namespace WsBalancer.HashRing;

/// <summary>A node that passed the checks that hold for every ring, with the bytes of its id and of its key.</summary>
internal sealed class Member
{
    private Member(RingNode node, byte[] idBytes, byte[] keyBytes)
    {
        Node = node;
        IdBytes = idBytes;
        KeyBytes = keyBytes;
    }

    public RingNode Node { get; }

    public string Id => Node.Id;

    public int Weight => Node.Weight;

    /// <summary>The id in UTF-8: hashed by <c>rendezvous</c>, and the sort key of the nodes of every ring.</summary>
    public byte[] IdBytes { get; }

    /// <summary>The name of this node in a ring that uses keys: its key, or its id if it has none.</summary>
    public string Key => Node.Key ?? Id;

    public byte[] KeyBytes { get; }

    public static Member Of(RingNode node)
    {
        if (string.IsNullOrEmpty(node.Id))
        {
            throw new ArgumentException("A node id is empty; every node needs one.", nameof(node));
        }

        var idBytes = Encode(node.Id, "Node id", nameof(node));
        var keyBytes = node.Key switch
        {
            null => idBytes,
            "" => throw new ArgumentException(
                $"The key of node '{node.Id}' is empty; leave it out to use the id.", nameof(node)),
            var key => Encode(key, "Key", nameof(node)),
        };

        ThrowIfNotAWeight(node.Id, node.Weight);
        return new Member(node, idBytes, keyBytes);
    }

    public Member WithWeight(int weight)
    {
        ThrowIfNotAWeight(Id, weight);
        return new Member(Node with { Weight = weight }, IdBytes, KeyBytes);
    }

    private static byte[] Encode(string name, string what, string parameter)
    {
        var bytes = StrictUtf8.TryEncode(name) ?? throw new ArgumentException(
            $"{what} '{name}' is not well-formed UTF-16: it has a surrogate without its other half.", parameter);
        if (bytes.Length > RingNode.MaxNameBytes)
        {
            throw new ArgumentException(
                $"{what} '{name[..32]}…' has {bytes.Length} bytes of UTF-8; "
                + $"at most {RingNode.MaxNameBytes} are allowed.",
                parameter);
        }

        return bytes;
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
