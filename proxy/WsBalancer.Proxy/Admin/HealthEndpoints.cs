using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using WsBalancer.Proxy.Health;

namespace WsBalancer.Proxy.Admin;

/// <summary>
/// <c>/livez</c> and <c>/readyz</c>, for any method. The health checks of ASP.NET Core are not used, since they log an
/// error for every unhealthy response, and so for every probe during an orderly stop.
/// </summary>
internal static class HealthEndpoints
{
    public static void MapHealth(this IEndpointRouteBuilder app, ReadinessCheck readiness)
    {
        app.Map("/livez", context => AnswerAsync(context, StatusCodes.Status200OK, "alive"));
        app.Map("/readyz", context => AnswerAsync(context, readiness));
    }

    private static Task AnswerAsync(HttpContext context, ReadinessCheck check)
    {
        var readiness = check.Read();
        var status = readiness.Ready ? StatusCodes.Status200OK : StatusCodes.Status503ServiceUnavailable;
        if (!context.Request.Query.ContainsKey("verbose"))
        {
            return AnswerAsync(context, status, readiness.Describe());
        }

        context.Response.StatusCode = status;
        context.Response.Headers.CacheControl = "no-store";
        return context.Response.WriteAsJsonAsync(readiness, context.RequestAborted);
    }

    private static Task AnswerAsync(HttpContext context, int status, string text)
    {
        context.Response.StatusCode = status;
        context.Response.ContentType = "text/plain";
        context.Response.Headers.CacheControl = "no-store";
        return context.Response.WriteAsync(text, context.RequestAborted);
    }
}
