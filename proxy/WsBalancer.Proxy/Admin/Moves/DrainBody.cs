using System.ComponentModel;
using WsBalancer.Proxy.Draining;

namespace WsBalancer.Proxy.Admin.Moves;

/// <summary>
/// How to drain a node. A missing field is taken from the drain that is running, or else from the cluster's settings.
/// </summary>
internal sealed record DrainBody
{
    // Distinguishes a deadline of null, which means none, from a missing field.
    private bool _isDeadlineGiven;

    [Description("a number of tunnels a second in the whole fleet, at least; 0 closes none until the deadline")]
    public double? RatePerSecond { get; init; }

    [Description("a number of seconds to drain over, instead of a rate")]
    public double? OverSeconds { get; init; }

    [Description("a number of seconds until all tunnels are closed, or null for never")]
    public double? DeadlineSeconds
    {
        get;
        init => (field, _isDeadlineGiven) = (value, true);
    }

    [Description(Framing.CloseCode.Allowed)]
    public int? CloseCode { get; init; }

    [Description("true, to drain even if no other node takes users, or false")]
    public bool? Force { get; init; }

    public DrainRequest ToRequest() => new()
    {
        RatePerSecond = RatePerSecond,
        OverSeconds = OverSeconds,
        Deadline = (_isDeadlineGiven, DeadlineSeconds) switch
        {
            (false, _) => default,
            (true, null) => DrainDeadline.None,
            (true, { } seconds) => DrainDeadline.In(seconds),
        },
        CloseCode = CloseCode,
        Force = Force ?? false,
    };
}
