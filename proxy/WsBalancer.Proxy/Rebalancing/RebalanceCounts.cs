using WsBalancer.Proxy.Tunnels;

namespace WsBalancer.Proxy.Rebalancing;

/// <summary>The number of tunnels of a cluster for each <see cref="TunnelPlacement"/>. Immutable.</summary>
internal sealed class RebalanceCounts
{
    private static readonly (TunnelPlacement Placing, string Why)[] Reasons =
    [
        (TunnelPlacement.HomeUnhealthy, "whose home is not healthy"),
        (TunnelPlacement.HomeFull, "whose home is full"),
        (TunnelPlacement.WithoutHome, "without any node that takes users"),
        (TunnelPlacement.OpenedLater, "that were opened elsewhere since, when their home could not take them"),
        (TunnelPlacement.OnDraining, "on draining nodes, which their drains close"),
    ];

    private readonly int[] _counts = new int[Enum.GetValues<TunnelPlacement>().Length];

    private RebalanceCounts()
    {
    }

    public int Closable => Of(TunnelPlacement.Closable);

    /// <summary>Misplaced tunnels that neither the rebalance nor a drain closes for now.</summary>
    public int Blocked => Misplaced - Closable - Of(TunnelPlacement.OnDraining);

    public int Misplaced => _counts.Sum() - Of(TunnelPlacement.AtHome);

    /// <summary>Why misplaced tunnels stay, in words; null if none stays.</summary>
    public string? Reason
    {
        get
        {
            var reasons = Reasons.Where(reason => Of(reason.Placing) > 0)
                .Select(reason => $"{Of(reason.Placing)} {reason.Why}")
                .ToArray();
            return reasons.Length == 0 ? null : $"misplaced tunnels that stay: {string.Join("; ", reasons)}";
        }
    }

    public static RebalanceCounts Of(IEnumerable<Tunnel> tunnels, Func<Tunnel, TunnelPlacement> judge)
    {
        var counts = new RebalanceCounts();
        foreach (var tunnel in tunnels)
        {
            if (!tunnel.IsClosing)
            {
                counts._counts[(int)judge(tunnel)]++;
            }
        }

        return counts;
    }

    public int Of(TunnelPlacement placing) => _counts[(int)placing];
}
