using WsBalancer.Cli.Output;
using WsBalancer.Proxy.Admin.Moves;

namespace WsBalancer.Cli.Commands.Draining;

/// <summary>A drain in words.</summary>
internal static class DrainText
{
    public static IEnumerable<string> Begun(string node, DrainStatusView drain)
    {
        yield return $"{node} is {drain.State}: {Remaining(drain)}.";
        yield return drain.DeadlineSeconds is { } deadline
            ? $"What is left after {Amounts.Duration(deadline)} is closed whatever the rate."
            : "It has no deadline.";
        yield return $"'wsbalancer resume {node}' ends the drain; 'wsbalancer nodes --watch' follows it.";
    }

    public static IEnumerable<string> Cordoned(string node, DrainStatusView drain)
    {
        yield return $"{node} is cordoned: new tunnels are placed elsewhere, and its "
            + $"{Amounts.Count(drain.Remaining, "tunnel")} stay{(drain.Remaining == 1 ? "s" : "")} open.";
        yield return $"'wsbalancer drain {node}' closes them at a pace; 'wsbalancer uncordon {node}' takes it back.";
    }

    /// <summary>Whether the node takes no new tunnels and has none, as far as the counts of the answer reach.</summary>
    public static bool IsEmpty(DrainStatusView drain) =>
        drain.Remaining is 0 && drain.State is "drained" or "draining" or "leaving";

    /// <summary>For example <c>ws-2: 812 of 1000 tunnels remain, 100/s, about 9s left</c>.</summary>
    public static string Progress(DrainStatusView drain) => $"{drain.Node}: {Remaining(drain)}"
        + (drain.Shared is false ? " (at this balancer: Redis cannot be used)" : "");

    private static string Remaining(DrainStatusView drain)
    {
        var remain = $"{Amounts.Number(drain.Remaining)} of {Amounts.Count(drain.Total, "tunnel")} remain";
        return (drain.RatePerSecond, drain.EtaSeconds) switch
        {
            _ when drain.Remaining is 0 => remain,
            (0, null) => $"{remain}, none is closed",
            (var rate, null) => $"{remain}, {Amounts.Rate(rate)}",
            (var rate, { } eta) => $"{remain}, {Amounts.Rate(rate)}, about {Amounts.Duration(eta)} left",
        };
    }

    public static string Drained(string node, DrainStatusView drain) =>
        $"{node} is drained: {Amounts.Count(drain.Closed, "tunnel")} closed, {Amounts.Number(drain.Forced)} by force.";

    public static string Resumed(string node, DrainStatusView drain) => drain switch
    {
        { State: "active" } => $"{node} is active again.",
        { Sources.Count: 0 } => $"The operator's drain of {node} has ended; it is {drain.State}.",
        _ => $"The operator's drain of {node} has ended, but it is {drain.State} still: "
            + $"{string.Join(", ", drain.Sources)}.",
    };
}
