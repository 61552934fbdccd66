namespace WsBalancer.Cli.Demo.Claims;

/// <summary>The crash of a node moves its own users only.</summary>
internal static class CrashClaims
{
    /// <remarks>
    /// <paramref name="lost"/> is how many of the node's users saw their socket end, <paramref name="answered"/> how
    /// many of the other users' sockets were still open and answered.
    /// </remarks>
    public static IReadOnlyList<Claim> Judge(
        string crashed,
        int lost,
        int answered,
        IReadOnlyDictionary<string, string> before,
        IReadOnlyDictionary<string, string> after)
    {
        var victims = before.Where(entry => entry.Value == crashed).Select(entry => entry.Key).ToList();
        var others = before.Where(entry => entry.Value != crashed).ToList();
        var refuge = victims.Where(after.ContainsKey).Select(user => after[user]).ToList();
        var spread = string.Join(", ", refuge.CountBy(node => node).OrderBy(entry => entry.Key).Select(entry =>
            $"{entry.Value} to {entry.Key}"));
        var found = Claim.ForAll(
            $"every user of {crashed} comes back on another node",
            refuge.Count(node => node != crashed),
            victims.Count,
            "users");

        return
        [
            Claim.ForAll($"every user of {crashed} sees that its socket has ended", lost, victims.Count, "users"),
            Claim.ForAll(
                $"the crash of {crashed} leaves the sockets on the other nodes open",
                answered,
                others.Count,
                "sockets answered"),
            found with { Evidence = $"{found.Evidence}: {spread}" },
            Claim.ForAll(
                "nobody else moves",
                others.Count(entry => after.GetValueOrDefault(entry.Key) == entry.Value),
                others.Count,
                "users stayed"),
        ];
    }
}
