namespace WsBalancer.Proxy.Moving;

/// <summary>
/// A rate is the fleet's: each balancer takes the part of it that its tunnels are of all. The parts add up to one.
/// </summary>
internal static class FleetShare
{
    /// <param name="own">The tunnels that remain here.</param>
    /// <param name="others">Those that remain at the other balancers.</param>
    public static double Of(long own, long others) => Of((double)own, others);

    public static double Of(double own, long others) => others <= 0 ? 1 : own / (own + others);
}

/// <summary>
/// The share of one operation while it runs. What the others said is up to a second old, and their tunnels have become
/// fewer since as ours have: held against ours of now, every share would be too small, and so the rate of the fleet.
/// So ours are taken as they were on average when the others spoke. Not thread-safe.
/// </summary>
internal sealed class RunningShare
{
    private object? _heard;
    private long _atHearing;
    private long _before;

    /// <param name="own">The tunnels that remain here, now.</param>
    /// <param name="others">Those that remain at the other balancers, as they said last.</param>
    /// <param name="heard">Another object each time the others were heard.</param>
    public double Of(long own, long others, object heard)
    {
        if (!ReferenceEquals(heard, _heard))
        {
            (_before, _atHearing) = (_heard is null ? own : _atHearing, own);
            _heard = heard;
        }

        // Between this hearing and the one before: nobody says when.
        return FleetShare.Of((_before + _atHearing) / 2d, others);
    }
}
