using System.Buffers;
using Microsoft.AspNetCore.Http;
using Microsoft.Net.Http.Headers;

namespace WsBalancer.Proxy.Identity;

/// <summary>
/// The value of a cookie exactly as sent: neither decoded nor unquoted. Names of cookies are case-sensitive.
/// </summary>
/// <param name="name">The name of the cookie.</param>
/// <param name="isIssued">True if the balancer issues the cookie to clients without it. A value that is not valid (RFC
/// 6265 §4.1.1) or is too long for an id is then treated as missing, and replaced; otherwise every request of the
/// client would fail.</param>
internal sealed class CookieSource(string name, bool isIssued = false) : UserKeySource
{
    // cookie-octet: visible ASCII characters except the quote, the comma, the semicolon and the backslash.
    private static readonly SearchValues<char> Octets = SearchValues.Create(
        [.. Enumerable.Range('!', '~' - '!' + 1).Select(code => (char)code).Except("\",;\\")]);

    public string Name => name;

    public override string? Find(HttpContext context, TrustedProxies trusted, bool isRaw)
    {
        foreach (var line in context.Request.Headers.Cookie)
        {
            if (Find(line) is { } value)
            {
                return HeaderText.Of(context, HeaderNames.Cookie, value).Trim();
            }
        }

        return null;
    }

    private string? Find(ReadOnlySpan<char> line)
    {
        foreach (var range in line.Split(';'))
        {
            // The server reads bytes as Latin-1, in which 0x85 and 0xA0 are white space of Unicode: only blanks of HTTP
            // are trimmed.
            var pair = line[range].Trim(" \t");
            if (pair.StartsWith(name, StringComparison.Ordinal) && pair[name.Length..].StartsWith('='))
            {
                var value = pair[(name.Length + 1)..];
                if (!isIssued || IsWellFormed(value))
                {
                    return value.ToString();
                }
            }
        }

        return null;
    }

    private static bool IsWellFormed(ReadOnlySpan<char> value)
    {
        var octets = value is ['"', .. var quoted, '"'] ? quoted : value;
        return !octets.IsEmpty && value.Length <= UserId.MaxBytes && !octets.ContainsAnyExcept(Octets);
    }
}
