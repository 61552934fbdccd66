using Microsoft.AspNetCore.Http;

namespace WsBalancer.Proxy.Identity;

/// <summary>
/// The first value of a claim of the authenticated user. Its name is compared without case, as the platform does.
/// Identities that are not authenticated do not count.
/// </summary>
internal sealed class ClaimSource(string name) : UserKeySource
{
    public override string? Find(HttpContext context, TrustedProxies trusted, bool isRaw)
    {
        foreach (var identity in context.User.Identities)
        {
            if (identity.IsAuthenticated && identity.FindFirst(name) is { Value.Length: > 0 } claim)
            {
                return claim.Value;
            }
        }

        return null;
    }
}
