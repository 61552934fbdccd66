namespace WsBalancer.Proxy.Identity;

/// <summary>Whether an issued cookie has the attribute <c>Secure</c>.</summary>
internal enum CookieSecurity
{
    /// <summary>If the request arrived over TLS, here or at a trusted proxy.</summary>
    Auto,

    /// <summary>For every request.</summary>
    Always,

    /// <summary>For none.</summary>
    Never,
}
