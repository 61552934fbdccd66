using Microsoft.AspNetCore.Http;
using WsBalancer.BackendSample.Chat;
using WsBalancer.BackendSample.Sessions;
using WsBalancer.BackendSample.Telemetry;

namespace WsBalancer.BackendSample.Serving;

/// <summary>Handles all requests to a node: health, numbers, the chat page, the API, and WebSockets.</summary>
internal sealed class NodeEndpoint(
    NodeOptions options,
    SessionRegistry sessions,
    HandshakeEndpoint handshakes,
    ChatPage page,
    ApiEndpoint api,
    DrainEndpoint drain,
    NodeStatsReader stats,
    NodeMetrics metrics)
{
    public Task AnswerAsync(HttpContext context) => context.Request.Path.Value switch
    {
        "/healthz" => AnswerHealthAsync(context),
        "/stats" => context.Response.WriteAsJsonAsync(stats.Read(), context.RequestAborted),
        "/metrics" => metrics.WriteAsync(context.Response, context.RequestAborted),
        DrainEndpoint.Path => drain.AnswerAsync(context),
        _ when !context.WebSockets.IsWebSocketRequest && page.Has(context.Request.Path) => page.WriteAsync(context),
        _ when sessions.IsLeaving => RefuseAsync(context),
        _ when context.Request.Path.StartsWithSegments(ApiEndpoint.Prefix, StringComparison.Ordinal) =>
            api.AnswerAsync(context),
        _ => handshakes.AcceptAsync(context),
    };

    private Task AnswerHealthAsync(HttpContext context)
    {
        if (sessions.IsLeaving)
        {
            MarkDraining(context.Response);
        }

        return context.Response.WriteAsJsonAsync(
            new { node = options.Name, connections = sessions.Count }, context.RequestAborted);
    }

    private Task RefuseAsync(HttpContext context)
    {
        MarkDraining(context.Response);
        return Problem.WriteAsync(
            context, context.Response.StatusCode, $"Node '{options.Name}' is restarting: connect again elsewhere.");
    }

    private static void MarkDraining(HttpResponse response)
    {
        response.StatusCode = StatusCodes.Status503ServiceUnavailable;
        response.Headers["X-WsBalancer-State"] = "draining";
    }
}
