using WsBalancer.Proxy.Tunnels;

namespace WsBalancer.Proxy.Moving;

/// <summary>The tunnels of a cluster, counted by how a rebalance sees them. Immutable.</summary>
internal sealed class RebalanceSurvey
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

    private RebalanceSurvey()
    {
    }

    public int Closable => Of(Placing.Closable);

    /// <summary>Misplaced tunnels that stay for now, though no drain closes them.</summary>
    public int Blocked => Misplaced - Closable - Of(Placing.OnDraining);

    public int Misplaced => _counts.Sum() - Of(Placing.AtHome);

    /// <summary>Why what is misplaced stays so, in words; null if nothing does.</summary>
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

    public static RebalanceSurvey Of(IEnumerable<Tunnel> tunnels, Func<Tunnel, Placing> judge)
    {
        var survey = new RebalanceSurvey();
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
