using System.ComponentModel.DataAnnotations;

namespace WsBalancer.Proxy.Closing;

/// <summary>How tunnels are closed to move their users. Bound from <c>WsBalancer:Clusters:C:Drain</c>.</summary>
internal sealed record DrainOptions : IValidatableObject
{
    /// <summary>The minimum rate, in tunnels per second. Default: 100.</summary>
    // A minimum, not a limit: the rate rises when the deadline requires it.
    [Range(1, 1_000_000)]
    public int RatePerSecond { get; init; } = 100;

    /// <summary>The time within which all tunnels are closed. Default: 10 min.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "7.00:00:00")]
    public TimeSpan Deadline { get; init; } = TimeSpan.FromMinutes(10);

    /// <summary>The code of the Close frame. Default: 1012, service restart.</summary>
    // Fleets with clients on .NET 7 and older need 1001: such clients fail on 1012.
    public int CloseCode { get; init; } = Framing.CloseCode.ServiceRestart;

    IEnumerable<ValidationResult> IValidatableObject.Validate(ValidationContext validationContext)
    {
        if (!Framing.CloseCode.MayBeSent(CloseCode))
        {
            yield return new ValidationResult(
                $"expected {Framing.CloseCode.Allowed} (default 1012)", [nameof(CloseCode)]);
        }
    }
}
