using System.ComponentModel.DataAnnotations;

namespace WsBalancer.Proxy.Identity;

/// <summary>The forwarding headers that are removed and sent. Bound from <c>WsBalancer:ForwardedHeaders</c>.</summary>
internal sealed record ForwardingOptions : IValidatableObject
{
    private readonly IReadOnlyList<string> _alsoRemove = [];

    /// <summary>
    /// Names of headers that only trusted peers may send, beside the known ones. '_' and '-' are equal in names.
    /// Default: none.
    /// </summary>
    public IReadOnlyList<string> AlsoRemove
    {
        get => _alsoRemove;
        init
        {
            _alsoRemove = value;
            Names = new ForwardingNames(value);
        }
    }

    /// <summary>Whether nodes receive a <c>Forwarded</c> header (RFC 7239). Default: false.</summary>
    public bool SendForwarded { get; init; }

    /// <summary>The headers that only trusted peers may send.</summary>
    public ForwardingNames Names { get; private init; } = new([]);

    IEnumerable<ValidationResult> IValidatableObject.Validate(ValidationContext validationContext)
    {
        foreach (var name in AlsoRemove)
        {
            if (!ForwardingNames.IsName(name))
            {
                yield return new ValidationResult(
                    $"'{name}' is not the name of a header: expected letters, digits, '-' and '_', at most "
                        + $"{ForwardingNames.LongestName} of them",
                    [nameof(AlsoRemove)]);
            }
        }
    }
}
