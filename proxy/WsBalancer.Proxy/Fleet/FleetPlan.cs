using WsBalancer.HashRing;
using WsBalancer.Proxy.State;
using WsBalancer.Proxy.Tunnels;

namespace WsBalancer.Proxy.Fleet;

/// <summary>The effect of a change of a cluster, computed before the change is made.</summary>
/// <param name="Moved">The part of the users whose owner differs, 0…1.</param>
/// <param name="Minimum">The part of the users that the change must move.</param>
/// <param name="Excess">The rest: users that move between nodes that the change does not concern.</param>
/// <param name="TunnelsMoved">The open tunnels of this balancer whose users get another home.</param>
/// <param name="Epoch">The epoch of the ring for which the plan was computed.</param>
/// <param name="Nodes">The nodes before and after, by id.</param>
internal sealed record FleetPlan(
    double Moved, double Minimum, double Excess, int TunnelsMoved, long Epoch, IReadOnlyList<PlannedNode> Nodes)
{
    /// <param name="before">The current cluster.</param>
    /// <param name="members">The members after the change.</param>
    /// <param name="blend">The blend after the change; null for none.</param>
    /// <param name="open">The open tunnels of the cluster.</param>
    public static FleetPlan Of(
        FleetSnapshot before, IReadOnlyCollection<Member> members, BlendValue? blend, IEnumerable<Tunnel> open)
    {
        var ring = ClusterRing.Build(members, before.Settings.Get<RingSettings>(), blend);
        var homes = new Homes(before, ring);
        var moved = (before.Ring, ring) switch
        {
            (null, _) => new BlendPlan(0, 0, IsExact: true),
            (_, null) => new BlendPlan(1, 0, IsExact: true),
            _ => before.Ring.PlanTo(ring),
        };

        var nodes = before.Nodes.Select(node => node.Id).Union(members.Select(member => member.Id)).ToDictionary(
            id => id,
            id => new PlannedNode(id, before.ShareOf(id), ShareOf(ring, id), 0, 0),
            StringComparer.Ordinal);
        var tunnelsMoved = 0;
        foreach (var tunnel in open)
        {
            var (from, to) = homes.Of(tunnel);
            tunnelsMoved += from == to ? 0 : 1;
            Count(nodes, from, node => node with { TunnelsBefore = node.TunnelsBefore + 1 });
            Count(nodes, to, node => node with { TunnelsAfter = node.TunnelsAfter + 1 });
        }

        return new FleetPlan(
            moved.Moved,
            moved.Minimum,
            moved.Excess,
            tunnelsMoved,
            before.Epoch,
            [.. nodes.Values.OrderBy(node => node.Id, StringComparer.Ordinal)]);
    }

    /// <summary>The number of tunnels whose users would have a different home with another ring.</summary>
    /// <param name="before">The current cluster.</param>
    /// <param name="ring">The other ring; null for none.</param>
    /// <param name="open">The open tunnels of the cluster.</param>
    public static int CountMoved(FleetSnapshot before, RingBlend? ring, IEnumerable<Tunnel> open)
    {
        var homes = new Homes(before, ring);
        return open.Select(homes.Of).Count(home => home.From != home.To);
    }

    private static double ShareOf(RingBlend? ring, string id)
    {
        var index = ring?.IndexOf(id) ?? -1;
        return index < 0 ? 0 : ring!.ShareOf(index);
    }

    private static void Count(
        Dictionary<string, PlannedNode> nodes, string? id, Func<PlannedNode, PlannedNode> counted)
    {
        if (id is not null && nodes.TryGetValue(id, out var node))
        {
            nodes[id] = counted(node);
        }
    }

    // The homes of users now and after the change. Drains do not change; a new node does not drain.
    private sealed class Homes
    {
        private readonly FleetSnapshot _before;
        private readonly RingBlend? _after;
        private readonly NodeMask _notDraining;

        public Homes(FleetSnapshot before, RingBlend? after)
        {
            (_before, _after) = (before, after);
            var draining = before.Nodes.Where(node => node.IsDraining).Select(node => node.Id).ToHashSet();
            for (var i = 0; i < (after?.Nodes.Count ?? 0); i++)
            {
                _notDraining = draining.Contains(after!.Nodes[i].Id) ? _notDraining : _notDraining.With(i);
            }
        }

        // The home of a tunnel without a user is its current node.
        public (string? From, string? To) Of(Tunnel tunnel)
        {
            if (tunnel.Identity.User is not { } user)
            {
                return (tunnel.Identity.Node.Id, tunnel.Identity.Node.Id);
            }

            var index = _after?.OwnerOf(user, _notDraining) ?? -1;
            return (_before.HomeOf(user)?.Id, index < 0 ? null : _after!.Nodes[index].Id);
        }
    }
}

/// <summary>A node in a plan: its part of the users, and the open tunnels whose home it is.</summary>
internal sealed record PlannedNode(
    string Id, double ShareBefore, double ShareAfter, int TunnelsBefore, int TunnelsAfter);
