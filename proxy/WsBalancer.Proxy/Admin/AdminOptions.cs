using System.ComponentModel.DataAnnotations;
using System.Net;
using WsBalancer.Proxy.Admin.Callers;
using WsBalancer.Proxy.Admin.Listening;
using WsBalancer.Proxy.Telemetry;

namespace WsBalancer.Proxy.Admin;

/// <summary>Where the operator's door is, and who may enter. Bound from <c>WsBalancer:Admin</c>.</summary>
internal sealed record AdminOptions : IValidatableObject
{
    private const int ShareOfDescriptors = 16;

    private const string UnixScheme = "unix";

    /// <summary>
    /// Where the admin host listens: <c>http://…</c>, <c>https://…</c> or <c>unix:/PATH</c>; null for no admin host.
    /// Default: <c>http://127.0.0.1:9900</c>.
    /// </summary>
    // Loopback: whoever reaches it can move every user.
    [MayBeOff]
    public Uri? Url { get; init; } = new("http://127.0.0.1:9900");

    /// <summary>
    /// The token that callers must present, good for every call. Default: none, and without any other token only
    /// loopback may listen.
    /// </summary>
    [Secret]
    public string? Token { get; init; }

    /// <summary>The file of that token, instead of it; a relative one is beside the configuration.</summary>
    public string? TokenFile { get; init; }

    /// <summary>A token that is good for calls that change nothing. Default: none.</summary>
    [Secret]
    public string? ViewToken { get; init; }

    /// <summary>More tokens, each with a name and a right. Default: none.</summary>
    public IReadOnlyList<AdminTokenOptions> Tokens { get; init; } = [];

    /// <summary>The certificate for <c>https</c>.</summary>
    public AdminCertificateOptions? Certificate { get; init; }

    /// <summary>Where events are kept over restarts.</summary>
    public EventLogOptions Events { get; init; } = new();

    /// <summary>
    /// The connections that the admin host has at a time, and at most a sixteenth of the descriptors of the process.
    /// Further ones are answered with 503. Default: 256.
    /// </summary>
    // More than operators, scrapes and followers of the events of a fleet need, and few of what clients need.
    [Range(1, 1_000_000)]
    public int MaxConnections { get; init; } = 256;

    /// <summary>
    /// Closes a connection on which nothing was sent for so long after it was opened. Default: 10 s.
    /// </summary>
    // Commands and scrapers connect when they have a request.
    [Range(typeof(TimeSpan), "00:00:01", "01:00:00")]
    public TimeSpan? FirstByteTimeout { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>The connections that there may be at a time.</summary>
    /// <param name="descriptors">The limit of the process; null if there is none.</param>
    public int MostOf(long? descriptors) => descriptors is { } limit
        ? (int)Math.Min(MaxConnections, Math.Max(1, limit / ShareOfDescriptors))
        : MaxConnections;

    /// <summary>The path of the Unix socket; null for an address.</summary>
    // As it was written: the parser of URLs would decode it.
    public string? SocketPath => Url is { IsAbsoluteUri: true, Scheme: UnixScheme }
        ? Url.OriginalString[(UnixScheme.Length + 1)..]
        : null;

    /// <summary>The URL as people write it.</summary>
    public string Address =>
        SocketPath is { } path ? $"{UnixScheme}:{path}" : Url?.GetLeftPart(UriPartial.Authority) ?? "off";

    /// <summary>Whether only this machine can connect.</summary>
    public bool IsLoopback => Url is null || SocketPath is not null || LoopbackName.Is(Url.Host);

    private bool HasToken => !string.IsNullOrEmpty(Token) || TokenFile is not null
        || !string.IsNullOrEmpty(ViewToken) || Tokens.Count > 0;

    /// <summary>What the start would fail for on this machine, but for the address.</summary>
    /// <param name="folder">Where a relative path begins.</param>
    public IEnumerable<SettingsError> MistakesIn(string folder) =>
    [
        .. SocketPath is { } path && AdminSocket.MistakeIn(path) is { } taken ? [taken] : (SettingsError[])[],
        .. Events.MistakeIn(folder) is { } noFile ? [noFile] : (SettingsError[])[],
        .. Certificate?.MistakeIn(folder) is { } unusable ? [unusable] : (SettingsError[])[],
        .. AdminTokens.MistakesIn(this, folder),
    ];

    // The generated one would compare the lists as objects, and each reload would seem to need a restart.
    public bool Equals(AdminOptions? other) =>
        other is not null
        && (Url, Token, TokenFile, ViewToken, Certificate, Events, MaxConnections, FirstByteTimeout).Equals(
            (other.Url, other.Token, other.TokenFile, other.ViewToken, other.Certificate, other.Events,
                other.MaxConnections, other.FirstByteTimeout))
        && Tokens.SequenceEqual(other.Tokens);

    public override int GetHashCode() => HashCode.Combine(
        Url, Token, TokenFile, ViewToken, Certificate, Events, MaxConnections, Tokens.Count);

    IEnumerable<ValidationResult> IValidatableObject.Validate(ValidationContext validationContext)
    {
        if (!IsAddress)
        {
            yield return new ValidationResult(
                "expected http://ADDRESS:PORT or https://ADDRESS:PORT without a path, or unix:/PATH (default "
                + "http://127.0.0.1:9900)",
                [nameof(Url)]);
        }
        else if (!IsLoopback && !HasToken)
        {
            yield return new ValidationResult(
                $"without {nameof(Token)}, {nameof(TokenFile)}, {nameof(ViewToken)} or {nameof(Tokens)} only a "
                + "loopback address or a Unix socket may be listened on",
                [nameof(Url)]);
        }

        if (IsAddress && Url is not null && Url.Scheme == Uri.UriSchemeHttps != Certificate is not null)
        {
            yield return new ValidationResult(
                Certificate is null
                    ? "is missing: https needs Path, and KeyPath or Password"
                    : $"is set, but {nameof(Url)} is '{Address}': expected https",
                [nameof(Certificate)]);
        }

        if (!string.IsNullOrEmpty(Token) && TokenFile is not null)
        {
            yield return new ValidationResult(
                $"expected either {nameof(Token)} or {nameof(TokenFile)}", [nameof(TokenFile)]);
        }

        for (var i = 0; i < Tokens.Count; i++)
        {
            if (Tokens.Take(i).Any(other => other.Name == Tokens[i].Name))
            {
                yield return new ValidationResult(
                    $"'{Tokens[i].Name}' is there twice: expected each name once", [$"{nameof(Tokens)}:{i}:Name"]);
            }
        }
    }

    private bool IsAddress => Url is null || (Url.IsAbsoluteUri && (Url.Scheme == UnixScheme
        ? SocketPath is ['/', not '/', ..]
        : (Url.Scheme == Uri.UriSchemeHttp || Url.Scheme == Uri.UriSchemeHttps) && Url.PathAndQuery == "/"));
}

/// <summary>Names of this machine for itself.</summary>
internal static class LoopbackName
{
    public static bool Is(string host) =>
        string.Equals(host, "localhost", StringComparison.OrdinalIgnoreCase)
        || (IPAddress.TryParse(host.Trim('[', ']'), out var address) && IPAddress.IsLoopback(address));
}
