using Microsoft.AspNetCore.Http;
using WsBalancer.Proxy;

#pragma warning disable IDE0130 // The namespace in which YARP's own extensions are found.
namespace Microsoft.Extensions.DependencyInjection;
#pragma warning restore IDE0130

/// <summary>Lets the application name the users that the ring places.</summary>
public static class WsBalancerUserKey
{
    /// <summary>
    /// Names the user of each request to a cluster that the ring places. Such a cluster then needs no <c>UserKey</c>.
    /// If the application names a user, no id is read from the request.
    /// </summary>
    /// <param name="builder">YARP's builder, before or after <c>AddWsBalancer</c>.</param>
    /// <param name="find">The id of the user; null if there is none. Called on several threads at a time. See
    /// <see cref="IUserKeySource.FindUser"/>.</param>
    /// <returns>The same builder.</returns>
    public static IReverseProxyBuilder UseUserKey(this IReverseProxyBuilder builder, Func<HttpContext, string?> find)
    {
        ArgumentNullException.ThrowIfNull(builder);
        ArgumentNullException.ThrowIfNull(find);

        builder.Services.AddSingleton<IUserKeySource>(new DelegateSource(find));
        return builder;
    }

    private sealed class DelegateSource(Func<HttpContext, string?> find) : IUserKeySource
    {
        public string? FindUser(HttpContext context) => find(context);
    }
}
