using System.ComponentModel.DataAnnotations;
using System.Net;
using WsBalancer.Proxy.Admin.Callers;
using WsBalancer.Proxy.Admin.Listening;
using WsBalancer.Proxy.Settings;
using WsBalancer.Proxy.Telemetry;

namespace WsBalancer.Proxy.Admin;

/// <summary>
/// The address of the admin host, the tokens of its callers, and its limits. Bound from <c>WsBalancer:Admin</c>.
/// </summary>
internal sealed record AdminOptions : IValidatableObject
{
    private const int ShareOfDescriptors = 16;

    private const string UnixScheme = "unix";

    /// <summary>
    /// Where the admin host listens: <c>http://…</c>, <c>https://…</c> or <c>unix:/PATH</c>; null for no admin host.
    /// Default: <c>http://127.0.0.1:9900</c>.
    /// </summary>
    // Loopback by default, since any caller can move every user.
    [MayBeOff]
    public Uri? Url { get; init; } = new("http://127.0.0.1:9900");

    /// <summary>
    /// The token that callers must present, valid for every call. Default: none; without any token, the address must be
    /// a loopback address or a Unix socket.
    /// </summary>
    [Secret]
    public string? Token { get; init; }

    /// <summary>
    /// The file of the token, instead of <see cref="Token"/>; a relative path begins in the folder of the
    /// configuration.
    /// </summary>
    public string? TokenFile { get; init; }

    /// <summary>A token that is valid for calls that change nothing. Default: none.</summary>
    [Secret]
    public string? ViewToken { get; init; }

    /// <summary>More tokens, each with a name and a right. Default: none.</summary>
    public IReadOnlyList<AdminTokenOptions> Tokens { get; init; } = [];

    /// <summary>The certificate for <c>https</c>.</summary>
    public AdminCertificateOptions? Certificate { get; init; }

    /// <summary>Where events are kept over restarts.</summary>
    public EventLogOptions Events { get; init; } = new();

    /// <summary>
    /// The maximum of connections to the admin host, at most a sixteenth of the descriptors of the process. Further
    /// connections receive a 503. Default: 256.
    /// </summary>
    // More than the operators, scrapes and event streams of a fleet need, and few compared with those of clients.
    [Range(1, 1_000_000)]
    public int MaxConnections { get; init; } = 256;

    /// <summary>
    /// The time after which a connection is closed on which the client has sent nothing. Default: 10 s.
    /// </summary>
    // Commands and scrapers connect only when they have a request.
    [Range(typeof(TimeSpan), "00:00:01", "01:00:00")]
    public TimeSpan? FirstByteTimeout { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>The maximum of connections, for a limit of descriptors.</summary>
    /// <param name="descriptors">The limit of the process; null if there is none.</param>
    public int MostOf(long? descriptors) => descriptors is { } limit
        ? (int)Math.Min(MaxConnections, Math.Max(1, limit / ShareOfDescriptors))
        : MaxConnections;

    /// <summary>The path of the Unix socket; null for an address.</summary>
    // The original text, since the parser of URLs decodes the path.
    public string? SocketPath => Url is { IsAbsoluteUri: true, Scheme: UnixScheme }
        ? Url.OriginalString[(UnixScheme.Length + 1)..]
        : null;

    /// <summary>The URL as an operator writes it.</summary>
    public string Address =>
        SocketPath is { } path ? $"{UnixScheme}:{path}" : Url?.GetLeftPart(UriPartial.Authority) ?? "off";

    /// <summary>Whether only this machine can connect.</summary>
    public bool IsLoopback => Url is null || SocketPath is not null || LoopbackName.Is(Url.Host);

    private bool HasToken => !string.IsNullOrEmpty(Token) || TokenFile is not null
        || !string.IsNullOrEmpty(ViewToken) || Tokens.Count > 0;

    /// <summary>The mistakes that would stop the start on this machine, except an address that is in use.</summary>
    /// <param name="folder">The folder in which relative paths begin.</param>
    public IEnumerable<SettingsError> MistakesIn(string folder) =>
    [
        .. SocketPath is { } path && AdminSocket.MistakeIn(path) is { } taken ? [taken] : (SettingsError[])[],
        .. Events.MistakeIn(folder) is { } noFile ? [noFile] : (SettingsError[])[],
        .. Certificate?.MistakeIn(folder) is { } unusable ? [unusable] : (SettingsError[])[],
        .. AdminTokens.MistakesIn(this, folder),
    ];

    // The generated method would compare the lists by reference, and every reload would seem to need a restart.
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

/// <summary>The loopback names of a machine.</summary>
internal static class LoopbackName
{
    public static bool Is(string host) =>
        string.Equals(host, "localhost", StringComparison.OrdinalIgnoreCase)
        || (IPAddress.TryParse(host.Trim('[', ']'), out var address) && IPAddress.IsLoopback(address));
}
