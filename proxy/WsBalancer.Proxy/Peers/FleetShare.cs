namespace WsBalancer.Proxy.Peers;

/// <summary>
/// The share of a balancer in a rate of the whole fleet: its part of the remaining tunnels. All shares sum to 1.
/// </summary>
internal static class FleetShare
{
    /// <param name="own">The remaining tunnels of this balancer.</param>
    /// <param name="others">The remaining tunnels of the other balancers.</param>
    public static double Of(long own, long others) => Of((double)own, others);

    public static double Of(double own, long others) => others <= 0 ? 1 : own / (own + others);
}

/// <summary>
/// This balancer's share of one operation while it runs. The counts of the other balancers are up to a second old, and
/// their tunnels have become fewer since. Compared with our current count, they would make every share too small, and
/// so the rate of the fleet. The share therefore uses our average count over the interval in which the reports were
/// made. Not thread-safe.
/// </summary>
internal sealed class RunningShare
{
    private object? _lastReports;
    private long _atReports;
    private long _before;

    /// <param name="own">The remaining tunnels of this balancer now.</param>
    /// <param name="others">The remaining tunnels in the latest reports of the other balancers.</param>
    /// <param name="reports">Identifies these reports: another object whenever new ones are received.</param>
    public double Of(long own, long others, object reports)
    {
        if (!ReferenceEquals(reports, _lastReports))
        {
            (_before, _atReports) = (_lastReports is null ? own : _atReports, own);
            _lastReports = reports;
        }

        // The reports were made at unknown moments between the last two times that reports were received.
        return FleetShare.Of((_before + _atReports) / 2d, others);
    }
}
