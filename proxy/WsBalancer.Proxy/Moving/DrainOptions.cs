using System.ComponentModel.DataAnnotations;

namespace WsBalancer.Proxy.Moving;

/// <summary>How tunnels are closed to move their users. Bound from <c>WsBalancer:Clusters:C:Drain</c>.</summary>
internal sealed record DrainOptions : IValidatableObject
{
    /// <summary>Tunnels closed in a second, at least. Default: 100.</summary>
    // A floor, not a ceiling: toward the deadline the pace rises to what is needed.
    [Range(1, 1_000_000)]
    public int RatePerSecond { get; init; } = 100;

    /// <summary>By when all are closed. Default: 10 min.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "7.00:00:00")]
    public TimeSpan Deadline { get; init; } = TimeSpan.FromMinutes(10);

    /// <summary>The code of the Close frame. Default: 1012, service restart.</summary>
    // 1001 for fleets with clients on .NET 7 and older, which fail on 1012.
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
