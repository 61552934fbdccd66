using Microsoft.AspNetCore.Http;

namespace WsBalancer.Proxy.Identity;

/// <summary>The first value of a header, trimmed. A comma in it is part of the id.</summary>
internal sealed class HeaderSource(string name) : UserKeySource
{
    public override string? Find(HttpContext context, TrustedProxies trusted, bool isRaw)
    {
        if (context.Request.Headers[name] is not [{ } first, ..])
        {
            return null;
        }

        var text = HeaderText.Of(context, name, first);
        return isRaw ? text.Trim(' ', '\t') : text.Trim();
    }
}
