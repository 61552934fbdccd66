using System.ComponentModel.DataAnnotations;
using Microsoft.AspNetCore.Http;

namespace WsBalancer.Proxy.Identity;

/// <summary>
/// The cookie that users without an id get. Read from <c>WsBalancer:Clusters:C:Cookie</c>; in use if
/// <c>OnMissingUserKey</c> is <c>Cookie</c>.
/// </summary>
internal sealed record IssuedCookieOptions : IValidatableObject
{
    // RFC 6265bis §5.6: browsers ignore an attribute that is longer.
    private const int LongestPath = 1024;

    /// <summary>
    /// The name of the cookie, which must be that of a source <c>cookie:NAME</c>. Default: the first of them.
    /// </summary>
    [RegularExpression(
        "[A-Za-z0-9!#$%&'*+.^_`|~-]+",
        ErrorMessage = "a cookie name, an RFC 6265 token: letters, digits and any of !#$%&'*+-.^_`|~")]
    public string? Name { get; init; }

    /// <summary>The domain whose hosts receive the cookie. Default: none, only the host of the request.</summary>
    [RegularExpression(
        @"(?=.{1,253}$)\.?[A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?(\.[A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?)*",
        ErrorMessage = "a host name such as example.com: letters, digits, '-' and '.' (xn-- for other letters)")]
    public string? Domain { get; init; }

    /// <summary>The path below which clients send the cookie. Default: <c>/</c>.</summary>
    // A negotiation and the handshake that follows it commonly have different paths.
    [RegularExpression(
        @"/[\x21-\x3A\x3C-\x7E]*",
        ErrorMessage = "a path such as / or /chat: a '/', then visible ASCII characters other than ';'")]
    public string Path { get; init; } = "/";

    /// <summary>The requests from other sites that include the cookie. Default: <c>Lax</c>.</summary>
    public SameSiteMode SameSite { get; init; } = SameSiteMode.Lax;

    /// <summary>Whether clients keep the cookie off cleartext connections. Default: <c>Auto</c>.</summary>
    public CookieSecurity Secure { get; init; } = CookieSecurity.Auto;

    /// <summary>How long clients keep the cookie. Default: off, for the session of the browser.</summary>
    // RFC 6265bis §5.5: browsers cut a longer one to 400 days.
    [Range(typeof(TimeSpan), "1s", "400d")]
    public TimeSpan? MaxAge { get; init; }

    /// <summary>Whether a page embedded in several sites has a cookie in each (CHIPS). Default: false.</summary>
    public bool Partitioned { get; init; }

    /// <summary>Whether scripts cannot read the cookie. Default: true.</summary>
    public bool HttpOnly { get; init; } = true;

    /// <summary>The settings for which browsers reject a cookie of this name.</summary>
    public IEnumerable<ValidationResult> MistakesUnder(string name)
    {
        // RFC 6265bis §4.1.3; browsers compare prefixes without case. __Http- and __Host-Http- are newer.
        var isHost = HasPrefix("__Host-");
        var isHttp = HasPrefix("__Http-") || HasPrefix("__Host-Http-");
        if ((isHost || isHttp || HasPrefix("__Secure-")) && Secure != CookieSecurity.Always)
        {
            yield return Mistake(nameof(Secure), nameof(CookieSecurity.Always));
        }

        if (isHost && Path != "/")
        {
            yield return Mistake(nameof(Path), "/");
        }

        if (isHost && Domain is not null)
        {
            yield return Mistake(nameof(Domain), "none");
        }

        if (isHttp && !HttpOnly)
        {
            yield return Mistake(nameof(HttpOnly), "true");
        }

        bool HasPrefix(string prefix) => name.StartsWith(prefix, StringComparison.OrdinalIgnoreCase);

        ValidationResult Mistake(string setting, string expected) =>
            new($"expected {expected}, or browsers drop a cookie named {name}", [setting]);
    }

    IEnumerable<ValidationResult> IValidatableObject.Validate(ValidationContext validationContext)
    {
        // Validation attributes do not apply to an empty text.
        if (Domain is "")
        {
            yield return new ValidationResult("expected a host name such as example.com", [nameof(Domain)]);
        }

        if (Path.Length is 0 or > LongestPath)
        {
            yield return new ValidationResult(
                $"expected a path such as / or /chat of at most {LongestPath} characters", [nameof(Path)]);
        }

        // Auto is not enough: over a cleartext connection every user would have a new id with each request.
        if (SameSite == SameSiteMode.None && Secure != CookieSecurity.Always)
        {
            yield return new ValidationResult(
                $"expected {nameof(Secure)} to be {CookieSecurity.Always} with it, or browsers drop the cookie",
                [nameof(SameSite)]);
        }

        if (Partitioned && Secure != CookieSecurity.Always)
        {
            yield return new ValidationResult(
                $"expected {nameof(Secure)} to be {CookieSecurity.Always} with it, or browsers drop the cookie",
                [nameof(Partitioned)]);
        }
    }
}
