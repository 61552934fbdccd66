using System.ComponentModel.DataAnnotations;
using WsBalancer.Proxy.Settings;

namespace WsBalancer.Proxy.Identity;

/// <summary>How the users of a cluster are identified. Read from <c>WsBalancer:Clusters:C</c>.</summary>
internal sealed record IdentityOptions : IValidatableObject
{
    /// <summary>
    /// Where the user id is in a request, in the order of reading. Required, unless the application names the users.
    /// </summary>
    // No default: a guess could pin users by a value that is not their id, and no error would show it.
    public IReadOnlyList<string> UserKey { get; init; } = [];

    /// <summary>How a request without a user id is handled. Default: a handshake is rejected.</summary>
    public OnMissingUserKey OnMissingUserKey { get; init; } = OnMissingUserKey.Reject;

    /// <summary>The cookie that users without an id get, if cookies are issued.</summary>
    public IssuedCookieOptions Cookie { get; init; } = new();

    /// <summary>The name of the cookie to issue; null unless cookies are issued.</summary>
    public string? IssuedCookie => OnMissingUserKey == OnMissingUserKey.Cookie
        ? Cookie.Name ?? CookieNames().FirstOrDefault()
        : null;

    /// <summary>
    /// Creates the sources of user ids, and the cookie for requests without one. Requires valid options.
    /// </summary>
    public UserIdentity CreateIdentity(Func<TrustedProxies> trusted, bool isRaw) => new(
        CreateUserKey(trusted, isRaw),
        OnMissingUserKey,
        IssuedCookie is { } name ? new IssuedUserCookie(name, Cookie, trusted) : null);

    /// <summary>The mistake that no source of user ids is named.</summary>
    /// <param name="key">The full path of the setting.</param>
    public static SettingsError MissingUserKey(string key) =>
        new(key, $"{key} is missing: expected a list, each a text");

    /// <summary>The claims from which user ids are read, as the configuration names the sources.</summary>
    public IEnumerable<string> ClaimSources() => UserKey.Where(source =>
        UserKeySource.TryParse(source, out var parsed, out _) && parsed is ClaimSource);

    /// <summary>Whether user ids are read from a header.</summary>
    public bool ReadsHeader(string name) =>
        UserKey.Any(source => source.Equals($"header:{name}", StringComparison.OrdinalIgnoreCase));

    /// <summary>Creates the reader of user ids. Requires valid options.</summary>
    public UserKey CreateUserKey(Func<TrustedProxies> trusted, bool isRaw)
    {
        var issued = IssuedCookie;
        return new UserKey(
            [.. ParseSources().Select(source => source is CookieSource cookie && cookie.Name == issued
                ? new CookieSource(cookie.Name, isIssued: true)
                : source)],
            trusted,
            isRaw);
    }

    IEnumerable<ValidationResult> IValidatableObject.Validate(ValidationContext validationContext)
    {
        foreach (var text in UserKey)
        {
            if (!UserKeySource.TryParse(text, out _, out var error))
            {
                yield return new ValidationResult(error, [nameof(UserKey)]);
            }
        }

        if (OnMissingUserKey == OnMissingUserKey.Cookie && IssuedCookie is null)
        {
            yield return new ValidationResult(
                $"expected a source cookie:NAME in {nameof(UserKey)}, which names the cookie to issue",
                [nameof(OnMissingUserKey)]);
        }

        if (Cookie.Name is { } given && !CookieNames().Contains(given, StringComparer.Ordinal))
        {
            yield return new ValidationResult(
                $"expected the name of a source cookie:NAME in {nameof(UserKey)}, or the id would never be found again",
                [$"{nameof(Cookie)}:{nameof(Cookie.Name)}"]);
        }
        else if (IssuedCookie is { } name)
        {
            foreach (var mistake in Cookie.MistakesUnder(name))
            {
                yield return new ValidationResult(
                    mistake.ErrorMessage, mistake.MemberNames.Select(member => $"{nameof(Cookie)}:{member}"));
            }
        }
    }

    private IEnumerable<string> CookieNames() => ParseSources().OfType<CookieSource>().Select(source => source.Name);

    private UserKeySource[] ParseSources() =>
        [.. UserKey.Select(Parse).OfType<UserKeySource>()];

    private static UserKeySource? Parse(string text) =>
        UserKeySource.TryParse(text, out var source, out _) ? source : null;
}
