using Microsoft.AspNetCore.Http;

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
                return value;
            }
        }

        return null;
    }

    private string? Find(ReadOnlySpan<char> line)
    {
        foreach (var range in line.Split(';'))
        {
            var pair = line[range].Trim();
            if (pair.Length > name.Length && pair[name.Length] == '=' && pair.StartsWith(name, StringComparison.Ordinal))
            {
                return pair[(name.Length + 1)..].ToString();
            }
        }

        return null;
    }
}
