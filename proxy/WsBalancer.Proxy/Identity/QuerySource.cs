using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.WebUtilities;

namespace WsBalancer.Proxy.Identity;

/// <summary>The first value of a query parameter, form-decoded. Its name is compared without case, as ASP.NET Core and
/// nginx do.</summary>
internal sealed class QuerySource(string name) : UserKeySource
{
    public override string? Find(HttpContext context, TrustedProxies trusted, bool isRaw)
    {
        foreach (var pair in new QueryStringEnumerable(context.Request.QueryString.Value))
        {
            var found = isRaw ? pair.EncodedName : pair.DecodeName();
            if (found.Span.Equals(name, StringComparison.OrdinalIgnoreCase))
            {
                return (isRaw ? pair.EncodedValue : pair.DecodeValue()).ToString();
            }
        }

        return null;
    }
}
