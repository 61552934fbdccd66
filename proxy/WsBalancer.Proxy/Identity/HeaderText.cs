using System.Text;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using WsBalancer.Proxy.Http;

namespace WsBalancer.Proxy.Identity;

/// <summary>The text of a header value that the server may have read as bytes.</summary>
internal static class HeaderText
{
    /// <summary>Decodes a value, or a part of one, as UTF-8. A value that is not UTF-8 is returned as it is.</summary>
    public static string Of(HttpContext context, string name, string value) =>
        Ascii.IsValid(value) || context.RequestServices?.GetService<HeaderEncoding>() is not { } encoding
            ? value
            : encoding.TextOf(name, value);
}
