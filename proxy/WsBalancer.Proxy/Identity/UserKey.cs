using Microsoft.AspNetCore.Http;

namespace WsBalancer.Proxy.Identity;

/// <summary>Finds the user id of a request: the value of the first source that has one.</summary>
/// <param name="sources">The sources, in the order of reading.</param>
/// <param name="trusted">The trusted proxies. Read for each request, so that a reload has effect.</param>
/// <param name="isRaw">True for the text as it is on the wire, not decoded: other balancers, whose rings are
/// reproduced, hash that text.</param>
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
