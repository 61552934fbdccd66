namespace WsBalancer.Proxy.Moving;

/// <summary>
/// A rate is the fleet's: each balancer takes the part of it that its tunnels are of all. The parts add up to one.
/// </summary>
internal static class FleetShare
{
    /// <param name="own">The tunnels that remain here.</param>
    /// <param name="others">Those that remain at the other balancers.</param>
    public static double Of(long own, long others) => others <= 0 ? 1 : own / (double)(own + others);
}
