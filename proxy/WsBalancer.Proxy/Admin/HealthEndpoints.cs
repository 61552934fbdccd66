using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using WsBalancer.Proxy.Health;

namespace WsBalancer.Proxy.Admin;

/// <summary>
/// <c>/livez</c> and <c>/readyz</c>, for any method. The platform's health checks log an error for each answer that is
/// not healthy, which every probe of an orderly stop would be.
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
        var clusters = check.Clusters;
        var unready = clusters.Where(static cluster => !cluster.Ready).ToList();
        var isReady = check.IsProcessReady && unready.Count == 0;
        var status = isReady ? StatusCodes.Status200OK : StatusCodes.Status503ServiceUnavailable;
        if (context.Request.Query.ContainsKey("verbose"))
        {
            context.Response.StatusCode = status;
            context.Response.Headers.CacheControl = "no-store";
            return context.Response.WriteAsJsonAsync(
                new ReadinessView(isReady, check.State, clusters), context.RequestAborted);
        }

        return AnswerAsync(
            context,
            status,
            isReady || !check.IsProcessReady
                ? check.State
                : string.Join('\n', unready.Select(static cluster => cluster.Describe())));
    }

    private static Task AnswerAsync(HttpContext context, int status, string text)
    {
        context.Response.StatusCode = status;
        context.Response.ContentType = "text/plain";
        context.Response.Headers.CacheControl = "no-store";
        return context.Response.WriteAsync(text, context.RequestAborted);
    }

    /// <summary>The parts of readiness.</summary>
    private sealed record ReadinessView(bool Ready, string State, IReadOnlyList<ClusterReadiness> Clusters);
}
