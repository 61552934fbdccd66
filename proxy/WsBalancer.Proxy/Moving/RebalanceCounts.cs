using WsBalancer.Proxy.Tunnels;

namespace WsBalancer.Proxy.Moving;

/// <summary>The number of tunnels of a cluster for each <see cref="Placing"/>. Immutable.</summary>
internal sealed class RebalanceCounts
{
    private static readonly (Placing Placing, string Why)[] Reasons =
    [
        (Placing.HomeUnhealthy, "whose home is not healthy"),
        (Placing.HomeFull, "whose home is full"),
        (Placing.WithoutHome, "without any node that takes users"),
        (Placing.OpenedLater, "that were opened elsewhere since, when their home could not take them"),
        (Placing.OnDraining, "on draining nodes, which their drains close"),
    ];

    private readonly int[] _counts = new int[Enum.GetValues<Placing>().Length];

    private RebalanceCounts()
    {
    }

    public int Closable => Of(Placing.Closable);

    /// <summary>Misplaced tunnels that neither the rebalance nor a drain closes for now.</summary>
    public int Blocked => Misplaced - Closable - Of(Placing.OnDraining);

    public int Misplaced => _counts.Sum() - Of(Placing.AtHome);

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

    public static RebalanceCounts Of(IEnumerable<Tunnel> tunnels, Func<Tunnel, Placing> judge)
    {
        var survey = new RebalanceCounts();
        foreach (var tunnel in tunnels)
        {
            if (!tunnel.IsClosing)
            {
                survey._counts[(int)judge(tunnel)]++;
            }
        }

        return survey;
    }

    public int Of(Placing placing) => _counts[(int)placing];
}
