using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace WsBalancer.Proxy.Serving;

/// <summary>Adds a reason to every rejection of the server, in a host that only balances.</summary>
internal static class ServingServices
{
    /// <summary>Counts and logs requests that the server rejects, and adds the reason to the response.</summary>
    public static IServiceCollection AddServerRejections(this IServiceCollection services)
    {
        services.AddHostedService<BadRequestListener>();
        services.AddSingleton<ILoggerProvider, ServerErrors>();
        services.Configure<LoggerFilterOptions>(ServerErrors.Listen);
        return services;
    }

    /// <summary>Adds the middleware, which must be the first of the pipeline.</summary>
    public static IApplicationBuilder UseServerRejections(this IApplicationBuilder app) =>
        app.UseMiddleware<AnswerMiddleware>();
}
