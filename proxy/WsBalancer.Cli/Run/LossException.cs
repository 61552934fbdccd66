namespace WsBalancer.Cli.Run;

/// <summary>A changed configuration would leave the fleet without nodes or clusters.</summary>
internal sealed class LossException(IReadOnlyList<string> losses) : Exception(string.Join(". ", losses))
{
    /// <summary>A sentence for each loss, without its full stop.</summary>
    public IReadOnlyList<string> Losses => losses;

    /// <exception cref="LossException">There are losses.</exception>
    public static void ThrowIfAny(IReadOnlyList<string> losses)
    {
        if (losses.Count > 0)
        {
            throw new LossException(losses);
        }
    }
}
