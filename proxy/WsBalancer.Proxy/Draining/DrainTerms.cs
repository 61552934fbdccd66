using WsBalancer.Proxy.Closing;
using WsBalancer.Proxy.Fleet;
using WsBalancer.Proxy.Framing;
using WsBalancer.Proxy.State;

namespace WsBalancer.Proxy.Draining;

/// <summary>Computes the record of a drain from a request, the running drain and the settings. Pure.</summary>
internal static class DrainTerms
{
    private const double HighestRate = RecordBounds.HighestRate;
    private const double LongestSeconds = RecordBounds.LongestSeconds;

    /// <param name="request">The operator's request.</param>
    /// <param name="operation">The name of the new drain.</param>
    /// <param name="defaults">The settings of the cluster.</param>
    /// <param name="closeTimeout">The close timeout of the cluster, kept free for the answers to the last Close
    /// frames.</param>
    /// <param name="remaining">The node's open tunnels in the whole fleet.</param>
    /// <param name="running">The operator's drain that the request changes, with the rest of its deadline; its values
    /// apply where the request has none. Null for a new drain.</param>
    /// <exception cref="RefusedException">A value of the request is not valid.</exception>
    public static DrainValue Of(
        DrainRequest request,
        string operation,
        DrainOptions defaults,
        TimeSpan closeTimeout,
        long remaining,
        DrainValue? running)
    {
        Check(request);

        // A cordon (rate 0, no deadline) closes nothing; a drain that follows must not inherit its rate.
        running = running is { RatePerSecond: 0, DeadlineSeconds: null } ? null : running;
        var otherwise = running is null ? defaults.Deadline.TotalSeconds : running.DeadlineSeconds;
        var deadline = request.Deadline.IsGiven ? request.Deadline.Seconds : request.OverSeconds ?? otherwise;
        var rate = request.OverSeconds is { } over
            ? RateOver(over - closeTimeout.TotalSeconds, remaining, defaults)
            : request.RatePerSecond ?? running?.RatePerSecond ?? defaults.RatePerSecond;
        return new DrainValue(
            operation, rate, deadline, request.CloseCode ?? running?.CloseCode ?? defaults.CloseCode);
    }

    public static PaceTerms PaceOf(DrainValue drain, DrainOptions defaults, TimeSpan closeTimeout) => new(
        drain.RatePerSecond,
        drain.DeadlineSeconds is { } seconds ? TimeSpan.FromSeconds(seconds) : null,
        closeTimeout,
        defaults.RatePerSecond);

    // Without open tunnels the configured rate applies, for tunnels that may still open: a rate of 0 would close none.
    private static double RateOver(double seconds, long remaining, DrainOptions defaults) =>
        remaining > 0 ? Math.Min(remaining / Math.Max(seconds, 1), HighestRate) : defaults.RatePerSecond;

    private static void Check(DrainRequest request)
    {
        Refuse(
            request is { RatePerSecond: not null, OverSeconds: not null },
            "'ratePerSecond' and 'overSeconds' are both given: expected one of them.");
        Refuse(
            request.RatePerSecond is not (null or (>= 0 and <= HighestRate)),
            $"'ratePerSecond' is {request.RatePerSecond}: expected a number from 0 to {HighestRate}.");
        Refuse(
            request.OverSeconds is not (null or (> 0 and <= LongestSeconds)),
            $"'overSeconds' is {request.OverSeconds}: expected a number above 0, up to {LongestSeconds}.");
        Refuse(
            request.Deadline.Seconds is not (null or (> 0 and <= LongestSeconds)),
            $"'deadlineSeconds' is {request.Deadline.Seconds}: expected null, or a number above 0, "
            + $"up to {LongestSeconds}.");
        Refuse(
            request is { RatePerSecond: 0, Deadline.IsGiven: false },
            "'ratePerSecond' is 0, which closes nothing until the deadline requires it: "
            + "expected 'deadlineSeconds' too, a number or null for never.");
        Refuse(
            request.CloseCode is { } code && !CloseCode.MayBeSent(code),
            $"'closeCode' is {request.CloseCode}: expected {CloseCode.Allowed}.");
    }

    private static void Refuse(bool isWrong, string message)
    {
        if (isWrong)
        {
            throw new RefusedException(RefusalKind.BadValue, message);
        }
    }
}
