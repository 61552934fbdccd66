using System.Text;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using WsBalancer.Proxy.Sockets.Http;

namespace WsBalancer.Proxy.Identity;

/// <summary>What a header says to those who read characters and not bytes.</summary>
internal static class HeaderText
{
    /// <summary>The text of a value, or of a part of one: that of its UTF-8, or the value if it is none.</summary>
    public static string Of(HttpContext context, string name, string value) =>
        Ascii.IsValid(value) || context.RequestServices?.GetService<HeaderEncoding>() is not { } encoding
            ? value
            : encoding.TextOf(name, value);
}
