using WsBalancer.Cli.Output;
using WsBalancer.Proxy.Admin.Moves;

namespace WsBalancer.Cli.Commands.Rebalancing;

/// <summary>A rebalance in words.</summary>
internal static class RebalanceText
{
    /// <summary>For example <c>running: 30 misplaced, 2 of them blocked, 12 closed, 50/s, about 1s left</c>.</summary>
    public static string Of(RebalanceStatusView rebalance)
    {
        string?[] parts =
        [
            $"{Amounts.Number(rebalance.Misplaced)} misplaced",
            rebalance.Blocked > 0 ? $"{Amounts.Number(rebalance.Blocked)} of them blocked" : null,
            $"{Amounts.Number(rebalance.Closed)} closed",
            IsOpen(rebalance) ? Amounts.Rate(rebalance.RatePerSecond) : null,
            rebalance is { State: "running", EtaSeconds: { } eta and > 0 }
                ? $"about {Amounts.Duration(eta)} left"
                : null,
        ];
        var reason = string.IsNullOrEmpty(rebalance.Reason) ? "" : $" ({rebalance.Reason})";
        return $"{rebalance.State}: {string.Join(", ", parts.Where(part => part is not null))}{reason}";
    }

    /// <summary>Whether the rebalance closes tunnels now, or after a pause.</summary>
    public static bool IsOpen(RebalanceStatusView rebalance) => rebalance.State is "running" or "paused";

    /// <summary>Why tunnels are still misplaced at the end.</summary>
    public static string Shortfall(RebalanceStatusView rebalance)
    {
        var left = $"{Amounts.Count(rebalance.Misplaced, "tunnel")} {(rebalance.Misplaced is 1 ? "is" : "are")} still "
            + "misplaced";
        var blocked = rebalance.Blocked > 0 ? $", {Amounts.Number(rebalance.Blocked)} of them blocked" : "";
        var reason = string.IsNullOrEmpty(rebalance.Reason) ? "" : $": {rebalance.Reason.TrimEnd('.')}";
        return $"The rebalance is {rebalance.State}, and {left}{blocked}{reason}.";
    }
}
