using Microsoft.AspNetCore.Http;
using Microsoft.Net.Http.Headers;

namespace WsBalancer.Proxy.Identity;

/// <summary>The value of a cookie exactly as sent: neither decoded nor unquoted. Names of cookies have case.</summary>
internal sealed class CookieSource(string name) : UserKeySource
{
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
            // Of what the server read as bytes, one may look like a blank of Unicode.
            var pair = line[range].Trim(" \t");
            if (pair.StartsWith(name, StringComparison.Ordinal) && pair[name.Length..].StartsWith('='))
            {
                return pair[(name.Length + 1)..].ToString();
            }
        }

        return null;
    }
}
