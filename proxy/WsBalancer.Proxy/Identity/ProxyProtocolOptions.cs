using System.ComponentModel.DataAnnotations;

namespace WsBalancer.Proxy.Identity;

/// <summary>
/// The peers whose connections begin with a PROXY header. Bound from <c>WsBalancer:ProxyProtocol</c>; applies to new
/// connections.
/// </summary>
internal sealed record ProxyProtocolOptions : IValidatableObject
{
    /// <summary>
    /// The peers, addresses and networks, whose connections must begin with a PROXY header, version 1 or 2. Default:
    /// none, and then a header is a bad request.
    /// </summary>
    public IReadOnlyList<string> From
    {
        get;
        init
        {
            field = value;
            Peers = TrustedProxies.TryParse(value, out var peers, out _) ? peers : TrustedProxies.None;
        }
    }

    = [];

    /// <summary>How long a peer may take to send its header. Default: 5 s.</summary>
    // The header is the first thing that the peer sends, with the first bytes of its client or before them.
    [Range(typeof(TimeSpan), "00:00:00.1", "00:01:00")]
    public TimeSpan Timeout { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>The parsed value of <see cref="From"/>.</summary>
    public TrustedProxies Peers { get; private init; } = TrustedProxies.None;

    IEnumerable<ValidationResult> IValidatableObject.Validate(ValidationContext validationContext)
    {
        if (!TrustedProxies.TryParse(From, out _, out var mistake))
        {
            yield return new ValidationResult(mistake, [nameof(From)]);
        }
    }
}
