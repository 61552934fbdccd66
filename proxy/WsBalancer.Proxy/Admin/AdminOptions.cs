using System.ComponentModel.DataAnnotations;
using System.Net;

namespace WsBalancer.Proxy.Admin;

/// <summary>Where the operator's door is, and who may enter. Bound from <c>WsBalancer:Admin</c>.</summary>
internal sealed record AdminOptions : IValidatableObject
{
    /// <summary>Where the admin host listens. Default: <c>http://127.0.0.1:9900</c>.</summary>
    // Loopback: whoever reaches it can move every user.
    public Uri Url { get; init; } = new("http://127.0.0.1:9900");

    /// <summary>
    /// What callers must present as a bearer token. Default: none, and then only loopback may listen.
    /// </summary>
    [Secret]
    public string? Token { get; init; }

    /// <summary>Whether the URL names this machine only.</summary>
    public bool IsLoopback => LoopbackName.Is(Url.Host);

    IEnumerable<ValidationResult> IValidatableObject.Validate(ValidationContext validationContext)
    {
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
