using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using WsBalancer.Proxy.Serving;

namespace WsBalancer.Proxy;

/// <summary>
/// What a host gets whose server does nothing but balance: every refusal of the server's has a reason.
/// </summary>
internal static class WsBalancerServer
{
    /// <summary>Counts, logs and explains what the server refuses by itself.</summary>
    public static IServiceCollection AddServerRejections(this IServiceCollection services)
    {
        services.AddHostedService<BadRequestListener>();
        services.AddSingleton<ILoggerProvider, ServerErrors>();
        services.Configure<LoggerFilterOptions>(ServerErrors.Listen);
        return services;
    }

    /// <summary>Comes first in the pipeline.</summary>
    public static IApplicationBuilder UseServerRejections(this IApplicationBuilder app) =>
        app.UseMiddleware<AnswerMiddleware>();
}
