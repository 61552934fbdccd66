using WsBalancer.HashRing.Rendezvous;

namespace WsBalancer.HashRing.Tests;

/// <summary>
/// Rendezvous rings with few slots, so that a test can check a property over all slots for many random sets of nodes;
/// and the helper methods of such a test.
/// </summary>
internal static class SmallRing
{
    public const int SlotBits = 10;

    // Few distinct weights result in groups of equal weights; the other weights result in groups of one node.
    private static readonly Gen<int> Weight =
        Gen.Frequency((4, Gen.Int[1, 3]), (1, Gen.Const(0)), (2, Gen.Int[1, 65535]));

    private static readonly Gen<string> Id = Gen.Frequency(
        (3, Gen.String[Gen.Char.AlphaNumeric, 1, 8]),
        (1, Gen.OneOf("é", "节点", "\uFFEE", "🦊", "🦊🦊", "z\uE000")));

    /// <summary>1 to 12 nodes with different ids, in any order; some may have weight 0.</summary>
    public static readonly Gen<RingNode[]> Nodes =
        Gen.Select(Id, Weight, static (id, weight) => new RingNode(id, weight)).Array[1, 12]
            .Select(static nodes => nodes.DistinctBy(static node => node.Id).ToArray());

    /// <summary>A node that no set of <see cref="Nodes"/> has.</summary>
    public static readonly Gen<RingNode> Newcomer = Weight.Select(static weight => new RingNode("new-comer", weight));

    public static readonly Gen<int> AnyWeight = Weight;

    public static Ring Build(IEnumerable<RingNode> nodes, int slotBits = SlotBits, string? seed = null) =>
        RendezvousRing.Build(Membership.Of(nodes), RingSeeds.Of(seed), seed is not null, slotBits);

    /// <summary>The owner of every slot by id; null for a slot without an owner.</summary>
    public static string?[] OwnersOf(Ring ring)
    {
        var owners = new string?[(int)ring.PositionCount];
        for (var slot = 0; slot < owners.Length; slot++)
        {
            owners[slot] = IdOf(ring, ring.OwnerAt((ulong)slot));
        }

        return owners;
    }

    public static string? IdOf(Ring ring, int node) => node < 0 ? null : ring.Nodes[node].Id;

    /// <summary>The first hash of a slot.</summary>
    public static ulong HashOf(int slot, int slotBits = SlotBits) => (ulong)slot << (64 - slotBits);

    /// <summary>The order of a hash by id.</summary>
    public static string[] OrderOf(Ring ring, ulong hash)
    {
        var order = new int[ring.Nodes.Count];
        var count = ring.OrderOf(hash, order);
        return [.. order.Take(count).Select(node => ring.Nodes[node].Id)];
    }

    /// <summary>Checks a property with a fixed number of random cases, on this thread.</summary>
    public static void ForAll<T>(Gen<T> cases, Action<T> check, int count = 60) =>
        cases.Sample(check, iter: count, threads: 1);
}
