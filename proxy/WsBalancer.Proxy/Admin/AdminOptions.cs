using System.ComponentModel.DataAnnotations;
using System.Net;

namespace WsBalancer.Proxy.Admin;

/// <summary>Where the operator's door is, and who may enter. Bound from <c>WsBalancer:Admin</c>.</summary>
internal sealed record AdminOptions : IValidatableObject
{
    private const int ShareOfDescriptors = 16;

    /// <summary>Where the admin host listens; null for no admin host. Default: <c>http://127.0.0.1:9900</c>.</summary>
    // Loopback: whoever reaches it can move every user.
    [MayBeOff]
    public Uri? Url { get; init; } = new("http://127.0.0.1:9900");

    /// <summary>
    /// What callers must present as a bearer token. Default: none, and then only loopback may listen.
    /// </summary>
    [Secret]
    public string? Token { get; init; }

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

    /// <summary>Whether the URL names this machine only.</summary>
    public bool IsLoopback => Url is null || LoopbackName.Is(Url.Host);

    IEnumerable<ValidationResult> IValidatableObject.Validate(ValidationContext validationContext)
    {
        if (Url is null)
        {
            yield break;
        }

        if (!Url.IsAbsoluteUri || Url.Scheme != Uri.UriSchemeHttp || Url.PathAndQuery != "/")
        {
            yield return new ValidationResult(
                "expected http://ADDRESS:PORT without a path (default http://127.0.0.1:9900)", [nameof(Url)]);
        }
        else if (!IsLoopback && string.IsNullOrEmpty(Token))
        {
            yield return new ValidationResult(
                $"without {nameof(Token)} only a loopback address may be listened on", [nameof(Url)]);
        }
    }
}

/// <summary>Names of this machine for itself.</summary>
internal static class LoopbackName
{
    public static bool Is(string host) =>
        string.Equals(host, "localhost", StringComparison.OrdinalIgnoreCase)
        || (IPAddress.TryParse(host.Trim('[', ']'), out var address) && IPAddress.IsLoopback(address));
}
