using System.ComponentModel.DataAnnotations;

namespace WsBalancer.Proxy.Placement;

/// <summary>How a handshake finds its node. Bound from <c>WsBalancer:Clusters:C:Handshake</c>.</summary>
internal sealed record HandshakeOptions : IValidatableObject
{
    /// <summary>How long a connect to a node may take. Default: 1 s.</summary>
    // One lost SYN is repeated after a second: waiting longer means that the next of the order is the better bet.
    [Range(typeof(TimeSpan), "00:00:00.05", "00:01:00")]
    public TimeSpan ConnectTimeout { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>How long a handshake may take in all, with every attempt. Default: 10 s.</summary>
    // An attempt gets half of what is left, the last one all of it: a silent node leaves time for the next, and a
    // slow answer of several seconds is still waited for.
    [Range(typeof(TimeSpan), "00:00:00.1", "00:10:00")]
    public TimeSpan Timeout { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>How many nodes are tried. Default: 3.</summary>
    [Range(1, 100)]
    public int Attempts { get; init; } = 3;

    IEnumerable<ValidationResult> IValidatableObject.Validate(ValidationContext validationContext)
    {
        if (ConnectTimeout > Timeout)
        {
            yield return new ValidationResult(
                $"expected no more than {nameof(Timeout)}, which is {Timeout}", [nameof(ConnectTimeout)]);
        }
    }
}
