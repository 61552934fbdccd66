using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.WebUtilities;

namespace WsBalancer.Proxy.Identity;

/// <summary>
/// The first value of a query parameter, form-decoded. The name is compared without case, as ASP.NET Core and nginx do.
/// </summary>
internal sealed class QuerySource(string name) : UserKeySource
{
    public override string? Find(HttpContext context, TrustedProxies trusted, bool isRaw)
    {
        var query = context.Request.QueryString.Value;
        if (isRaw)
        {
            return FindRaw(query);
        }

        foreach (var pair in new QueryStringEnumerable(query))
        {
            if (pair.DecodeName().Span.Equals(name, StringComparison.OrdinalIgnoreCase))
            {
                return pair.DecodeValue().ToString();
            }
        }

        return null;
    }

    // nginx and HAProxy require '=' after the name, and skip a parameter without it.
    private string? FindRaw(ReadOnlySpan<char> query)
    {
        query = query.StartsWith('?') ? query[1..] : query;
        foreach (var range in query.Split('&'))
        {
            var pair = query[range];
            if (pair.StartsWith(name, StringComparison.OrdinalIgnoreCase) && pair[name.Length..].StartsWith('='))
            {
                return pair[(name.Length + 1)..].ToString();
            }
        }

        return null;
    }
}
