namespace WsBalancer.Cli.Demo.Claims;

/// <summary>When a crashed node is available again, its users return to it, and no other user moves.</summary>
internal static class HomecomingClaims
{
    /// <remarks>
    /// <paramref name="answered"/> is how many of the other users' sockets stayed open and answered,
    /// <paramref name="misplaced"/> how many tunnels the balancer still counted as misplaced at the end.
    /// </remarks>
    public static IReadOnlyList<Claim> Judge(
        string node,
        int answered,
        long misplaced,
        IReadOnlyDictionary<string, string> before,
        IReadOnlyDictionary<string, string> after)
    {
        var users = before.Where(entry => entry.Value == node).Select(entry => entry.Key).ToList();

        return
        [
            Claim.ForAll(
                $"every user of {node} is home again",
                users.Count(user => after.GetValueOrDefault(user) == node),
                users.Count,
                "users"),
            Claim.ForAll(
                "the others' sockets stayed open through crash and return",
                answered,
                before.Count - users.Count,
                "sockets answered"),
            new Claim("no tunnel is misplaced", misplaced is 0, $"{misplaced} misplaced"),
        ];
    }
}
