using System.ComponentModel.DataAnnotations;
using WsBalancer.Proxy.Settings;

namespace WsBalancer.Proxy.Admin.Callers;

/// <summary>A token with a name. Bound from an item of <c>WsBalancer:Admin:Tokens</c>.</summary>
internal sealed record AdminTokenOptions : IValidatableObject
{
    // The names that events contain for callers without an entry in the list.
    private static readonly string[] Reserved = [AdminTokens.Main, AdminTokens.View, Caller.Local, Caller.Anonymous];

    /// <summary>The name of the caller in the events.</summary>
    [Required]
    [RegularExpression("^[A-Za-z0-9._-]{1,64}$", ErrorMessage = "1 to 64 letters, digits, '.', '_' and '-'")]
    public string? Name { get; init; }

    /// <summary>The token.</summary>
    [Secret]
    public string? Token { get; init; }

    /// <summary>The file of the token, instead of <see cref="Token"/>.</summary>
    public string? TokenFile { get; init; }

    /// <summary>The calls for which the token is valid. Default: view.</summary>
    // The lesser right, so that the configuration must name the greater one.
    public AdminRight Rights { get; init; }

    IEnumerable<ValidationResult> IValidatableObject.Validate(ValidationContext validationContext)
    {
        if (Reserved.Contains(Name, StringComparer.OrdinalIgnoreCase))
        {
            yield return new ValidationResult(
                $"expected another name than {string.Join(", ", Reserved)}, which have a meaning of their own",
                [nameof(Name)]);
        }

        if (string.IsNullOrEmpty(Token) == TokenFile is null)
        {
            yield return new ValidationResult(
                $"expected either {nameof(Token)} or {nameof(TokenFile)}", [nameof(TokenFile)]);
        }
    }
}
