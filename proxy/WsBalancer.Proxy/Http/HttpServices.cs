using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;

namespace WsBalancer.Proxy.Http;

/// <summary>Adds the encodings of header values.</summary>
internal static class HttpServices
{
    public static IServiceCollection AddHttp(this IServiceCollection services)
    {
        // Header values of nodes are bytes, unless the application has configured an encoding.
        services.PostConfigure<KestrelServerOptions>(server => server.ResponseHeaderEncodingSelector =
            server.ResponseHeaderEncodingSelector == new KestrelServerOptions().ResponseHeaderEncodingSelector
                ? static _ => ByteHeaderEncoding.Instance
                : server.ResponseHeaderEncodingSelector);
        return services.AddSingleton<HeaderEncoding>();
    }
}
