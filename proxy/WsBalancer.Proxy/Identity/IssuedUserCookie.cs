using System.Buffers.Text;
using System.Security.Cryptography;
using Microsoft.AspNetCore.Http;
using Microsoft.Net.Http.Headers;

namespace WsBalancer.Proxy.Identity;

/// <summary>Issues an id to a user without one, in a cookie that every later request includes.</summary>
/// <param name="name">The name of the cookie.</param>
/// <param name="options">The attributes of the cookie.</param>
/// <param name="trusted">The proxies whose X-Forwarded-Proto decides whether the client uses TLS.</param>
internal sealed class IssuedUserCookie(string name, IssuedCookieOptions options, Func<TrustedProxies> trusted)
{
    // 128 random bits: an id cannot be guessed, and two ids are never equal.
    private const int IdBytes = 16;

    /// <summary>Creates an id, and adds it to the response as a cookie, whatever the response will be.</summary>
    public string Issue(HttpContext context)
    {
        Span<byte> bytes = stackalloc byte[IdBytes];
        RandomNumberGenerator.Fill(bytes);
        var id = Base64Url.EncodeToString(bytes);
        var line = AttributesFor(context).CreateCookieHeader(name, id).ToString();

        // The cookie is added when the response starts: a retry clears the response, and the node's headers are copied
        // to it later.
        context.Response.OnStarting(() =>
        {
            AddTo(context.Response, line);
            return Task.CompletedTask;
        });

        return id;
    }

    // RFC 6265 §4.1.1: a response has at most one Set-Cookie for a name. The node's cookie has precedence: the
    // application may keep its session in it, and every later request is placed by its value.
    private void AddTo(HttpResponse response, string line)
    {
        foreach (var other in response.Headers.SetCookie)
        {
            if (other.AsSpan().TrimStart().StartsWith(name, StringComparison.Ordinal)
                && other.AsSpan().TrimStart()[name.Length..].TrimStart().StartsWith('='))
            {
                return;
            }
        }

        response.Headers.Append(HeaderNames.SetCookie, line);
        if (!IsTunnel(response) && !IsKeptFromSharedCaches(response.Headers.CacheControl.ToString()))
        {
            // A shared cache would send this user's id to others; of several directives, the strictest applies
            // (RFC 9111 §4.2.1).
            response.Headers.Append(HeaderNames.CacheControl, CacheControlHeaderValue.PrivateString);
        }
    }

    private static bool IsTunnel(HttpResponse response) =>
        response.StatusCode == StatusCodes.Status101SwitchingProtocols
        || HttpMethods.IsConnect(response.HttpContext.Request.Method);

    // no-cache and private="NAME" let a shared cache store the response.
    private static bool IsKeptFromSharedCaches(string directives) =>
        CacheControlHeaderValue.TryParse(directives, out var parsed)
        && (parsed.NoStore || parsed is { Private: true, PrivateHeaders.Count: 0 });

    private CookieOptions AttributesFor(HttpContext context)
    {
        var attributes = new CookieOptions
        {
            Domain = options.Domain,
            Path = options.Path,
            SameSite = options.SameSite,
            Secure = IsSecure(context),
            MaxAge = options.MaxAge,
            HttpOnly = options.HttpOnly,
        };
        if (options.Partitioned)
        {
            attributes.Extensions.Add("Partitioned");
        }

        return attributes;
    }

    private bool IsSecure(HttpContext context) => options.Secure switch
    {
        CookieSecurity.Always => true,
        CookieSecurity.Never => false,
        _ => context.Request.IsHttps || IsSecureAtProxy(context),
    };

    // The first of several values is the scheme that the client used. Some proxies write wss for a handshake.
    private bool IsSecureAtProxy(HttpContext context)
    {
        if (context.Connection.RemoteIpAddress is not { } peer
            || !trusted().Contains(peer)
            || context.Request.Headers["X-Forwarded-Proto"] is not [{ } line, ..])
        {
            return false;
        }

        var comma = line.IndexOf(',', StringComparison.Ordinal);
        var scheme = line.AsSpan(0, comma < 0 ? line.Length : comma).Trim();
        return scheme.Equals("https", StringComparison.OrdinalIgnoreCase)
            || scheme.Equals("wss", StringComparison.OrdinalIgnoreCase);
    }
}
