namespace WsBalancer.Cli.Demo.Claims;

/// <summary>Adding a node moves its share of the users to it, and no other user.</summary>
internal static class ResizeClaims
{
    /// <remarks><paramref name="stillOpen"/> is how many sockets stayed open while the node was added.</remarks>
    public static IReadOnlyList<Claim> Judge(
        string added,
        double share,
        int stillOpen,
        IReadOnlyDictionary<string, string> before,
        IReadOnlyDictionary<string, string> after)
    {
        var moved = before.Where(entry => after.GetValueOrDefault(entry.Key) != entry.Value).ToList();
        var toAdded = moved.Count(entry => after.GetValueOrDefault(entry.Key) == added);
        var elsewhere = moved.Count - toAdded;

        return
        [
            Claim.ForAll("adding a node closes nobody's socket", stillOpen, before.Count, "sockets stayed open"),
            new Claim(
                $"{added} takes as many users as chance allows for its share (6 σ)",
                toAdded > 0 && Share.Explains(share, toAdded, before.Count),
                $"{Share.Describe(share, toAdded, before.Count)} of {before.Count} moved to {added}"),
            new Claim(
                "nobody moves between the other nodes",
                elsewhere is 0,
                $"{elsewhere} moved elsewhere, {before.Count - moved.Count} stayed"),
        ];
    }
}
