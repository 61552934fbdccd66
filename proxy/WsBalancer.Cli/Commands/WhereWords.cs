using WsBalancer.Cli.Admin;

namespace WsBalancer.Cli.Commands;

/// <summary>The sentences of <c>wsbalancer where</c>.</summary>
internal static class WhereWords
{
    public static string Tunnels(OwnerAnswer answer)
    {
        var misplaced = answer.Tunnels.Count(tunnel => tunnel.Misplaced);
        return (answer.Tunnels.Count, misplaced) switch
        {
            (0, _) => "none is open here",
            (var open, 0) => $"{open} open, {(open is 1 ? "at home" : "all at home")}",
            var (open, away) => $"{open} open, {away} misplaced (its node is not the user's home)",
        };
    }

    public static string Why(OwnerAnswer answer)
    {
        var why = (Settled(answer), answer.Node == answer.Home) switch
        {
            (_, true) when answer.Home is null => "every node is draining or leaving: there is no home",
            (true, true) => $"{answer.Owner} is the first of the user's order, and it takes new tunnels",
            (true, false) => $"{answer.Home} is home but takes no new tunnel now; {Instead(answer)}",
            (false, true) => $"{answer.Owner} is draining or leaving, so home is {answer.Home}, the next of the order",
            (false, false) => $"{answer.Owner} is draining or leaving, and {answer.Home ?? "no other node"} takes no "
                + $"new tunnel now; {Instead(answer)}",
        };

        return string.IsNullOrWhiteSpace(answer.Reason) ? why : $"{why} ({answer.Reason})";
    }

    private static bool Settled(OwnerAnswer answer) => answer.Owner == answer.Home;

    private static string Instead(OwnerAnswer answer) =>
        answer.Node is null ? "no other node does either" : $"a new tunnel goes to {answer.Node}";
}
