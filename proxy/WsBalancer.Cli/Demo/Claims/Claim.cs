namespace WsBalancer.Cli.Demo.Claims;

/// <summary>One promise of the balancer, whether what the clients saw bears it out, and what was counted.</summary>
internal sealed record Claim(string Promise, bool Held, string Evidence)
{
    /// <summary>Holds when all of <paramref name="total"/> did; of none it would say nothing, so it fails.</summary>
    public static Claim ForAll(string promise, int count, int total, string unit) =>
        new(promise, count == total && total > 0, $"{count} of {total} {unit}");
}
