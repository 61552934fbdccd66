namespace WsBalancer.Cli.Demo.Claims;

/// <summary>One promise of the balancer, whether the observations of the clients confirm it, and the counts.</summary>
internal sealed record Claim(string Promise, bool Held, string Evidence)
{
    /// <summary>
    /// Holds if <paramref name="count"/> equals <paramref name="total"/>. With a total of 0 the claim fails, since it
    /// would prove nothing.
    /// </summary>
    public static Claim ForAll(string promise, int count, int total, string unit) =>
        new(promise, count == total && total > 0, $"{count} of {total} {unit}");
}
