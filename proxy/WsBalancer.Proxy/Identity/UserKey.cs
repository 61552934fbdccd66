using Microsoft.AspNetCore.Http;

namespace WsBalancer.Proxy.Identity;

/// <summary>Finds the user id of a request: the first of its sources that answers.</summary>
/// <param name="sources">In the order in which they are asked.</param>
/// <param name="trusted">Read for each request, so that a reload is felt.</param>
/// <param name="isRaw">True for the text as it is on the wire, undecoded, which is what peers hash whose rings we
/// reproduce.</param>
internal sealed class UserKey(UserKeySource[] sources, Func<TrustedProxies> trusted, bool isRaw)
{
    public UserId Find(HttpContext context)
    {
        foreach (var source in sources)
        {
            if (source.Find(context, trusted(), isRaw) is { Length: > 0 } value)
            {
                return UserId.Of(value);
            }
        }

        return default;
    }
}
