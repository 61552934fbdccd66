using Microsoft.AspNetCore.Http;

namespace WsBalancer.Proxy;

/// <summary>
/// Names the user of a request, in the place of the sources that <c>UserKey</c> names. Registered as a singleton in the
/// application's services, or with <c>UseUserKey</c>; with several, the last one is used.
/// </summary>
/// <remarks>
/// Called once for each request to a cluster that the ring places, on several threads at a time. The call is made after
/// the application's middleware, so that <see cref="HttpContext.User"/> is the authenticated user.
/// </remarks>
public interface IUserKeySource
{
    /// <summary>Names the user of a request.</summary>
    /// <param name="context">The request. Its body must not be read.</param>
    /// <returns>The id, at most 1,024 bytes of UTF-8; a longer one is answered with 400. Null or empty if there is
    /// none: then the sources in <c>UserKey</c> are read, whose values a client can choose. If they have no id, either,
    /// <c>OnMissingUserKey</c> applies.</returns>
    /// <remarks>An exception fails the request, as an exception of a middleware does.</remarks>
    public string? FindUser(HttpContext context);
}
