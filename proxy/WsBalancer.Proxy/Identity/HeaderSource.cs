using Microsoft.AspNetCore.Http;

namespace WsBalancer.Proxy.Identity;

/// <summary>The first value of a header, trimmed. A comma in it is part of the id.</summary>
internal sealed class HeaderSource(string name) : UserKeySource
{
    public override string? Find(HttpContext context, TrustedProxies trusted, bool isRaw) =>
        context.Request.Headers[name] is [{ } first, ..] ? isRaw ? first.Trim(' ', '\t') : first.Trim() : null;
}
