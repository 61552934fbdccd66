using System.Buffers.Text;
using System.Security.Cryptography;
using Microsoft.AspNetCore.Http;

namespace WsBalancer.Proxy.Identity;

/// <summary>Gives a user without an id one that comes back with every later request.</summary>
internal static class IssuedUserCookie
{
    // 128 bits: nobody guesses another's, and no two are ever the same.
    private const int IdBytes = 16;

    /// <summary>Creates an id and has the response, whatever it will be, set it as a cookie.</summary>
    public static string Issue(HttpContext context, string name)
    {
        Span<byte> bytes = stackalloc byte[IdBytes];
        RandomNumberGenerator.Fill(bytes);
        var id = Base64Url.EncodeToString(bytes);

        // At the last moment: a retry clears the response, and the node's own headers are copied onto it later.
        context.Response.OnStarting(() =>
        {
            context.Response.Cookies.Append(name, id, new CookieOptions
            {
                Path = "/",
                HttpOnly = true,
                SameSite = SameSiteMode.Lax,
                Secure = context.Request.IsHttps,
                IsEssential = true,
            });

            return Task.CompletedTask;
        });

        return id;
    }
}
