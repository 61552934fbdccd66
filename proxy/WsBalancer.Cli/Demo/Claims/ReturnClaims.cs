namespace WsBalancer.Cli.Demo.Claims;

/// <summary>A user that reconnects is placed on the same node.</summary>
internal static class ReturnClaims
{
    public static IReadOnlyList<Claim> Judge(
        IReadOnlyDictionary<string, string> before, IReadOnlyDictionary<string, string> after) =>
    [
        Claim.ForAll(
            "every user that reconnects comes back to its node",
            before.Count(entry => after.GetValueOrDefault(entry.Key) == entry.Value),
            before.Count,
            "users"),
    ];
}
