using Microsoft.AspNetCore.Http;

namespace WsBalancer.Proxy.Identity;

/// <summary>
/// The first value of a claim of an authenticated identity. The claim's name is compared without case, as the platform
/// does.
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
