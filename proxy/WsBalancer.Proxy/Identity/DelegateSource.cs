using Microsoft.AspNetCore.Http;

namespace WsBalancer.Proxy.Identity;

/// <summary>The application's delegate that names the user of a request.</summary>
internal sealed class DelegateSource(Func<HttpContext, string?> find) : IUserKeySource
{
    public string? FindUser(HttpContext context) => find(context);
}
