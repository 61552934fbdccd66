using Microsoft.AspNetCore.Http;

namespace WsBalancer.Proxy.Identity;

/// <summary>The client's address, through trusted proxies.</summary>
internal sealed class ClientAddressSource : UserKeySource
{
    public static readonly ClientAddressSource Instance = new();

    private ClientAddressSource()
    {
    }

    public override string? Find(HttpContext context, TrustedProxies trusted, bool isRaw) =>
        ClientAddress.Of(context, trusted)?.ToString();
}
