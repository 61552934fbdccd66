using Microsoft.AspNetCore.Http;
using WsBalancer.BackendSample.Messaging;
using WsBalancer.BackendSample.Sessions;

namespace WsBalancer.BackendSample.Serving;

/// <summary>Everything a node answers: its health, and WebSockets on any other path.</summary>
internal sealed class NodeEndpoint(
    NodeOptions options, SessionRegistry sessions, Conversation conversation, TimeProvider time)
{
    public Task AnswerAsync(HttpContext context) =>
        context.Request.Path == "/healthz" ? AnswerHealthAsync(context) : AcceptAsync(context);

    private Task AnswerHealthAsync(HttpContext context)
    {
        if (sessions.IsLeaving)
        {
            MarkDraining(context.Response);
        }

        return context.Response.WriteAsJsonAsync(
            new { node = options.Name, connections = sessions.Count }, context.RequestAborted);
    }

    private async Task AcceptAsync(HttpContext context)
    {
        if (sessions.IsLeaving)
        {
            MarkDraining(context.Response);
            await Problem.WriteAsync(context, $"Node '{options.Name}' is restarting: connect again elsewhere.");
            return;
        }

        if (!context.WebSockets.IsWebSocketRequest)
        {
            context.Response.StatusCode = StatusCodes.Status426UpgradeRequired;
            context.Response.Headers.Upgrade = "websocket";
            await Problem.WriteAsync(context, "This node speaks WebSocket only; its health is at /healthz.");
            return;
        }

        if (FindUser(context.Request) is not { Length: > 0 and <= ClientMessage.MaxUserLength } user)
        {
            context.Response.StatusCode = StatusCodes.Status400BadRequest;
            await Problem.WriteAsync(context, "Say who connects, with ?user=ID or the header X-User-Id (at most "
                + $"{ClientMessage.MaxUserLength} characters).");
            return;
        }

        await ServeAsync(context, user);
    }

    private async Task ServeAsync(HttpContext context, string user)
    {
        using var socket = await context.WebSockets.AcceptWebSocketAsync();
        using var session = new Session(user, socket, options, time);
        sessions.Add(session);
        try
        {
            await conversation.HoldAsync(session);
        }
        finally
        {
            sessions.Remove(session);
        }
    }

    private static string? FindUser(HttpRequest request) => request.Query["user"].ToString() is { Length: > 0 } user
        ? user
        : request.Headers["X-User-Id"].ToString().Trim();

    private static void MarkDraining(HttpResponse response)
    {
        response.StatusCode = StatusCodes.Status503ServiceUnavailable;
        response.Headers["X-WsBalancer-State"] = "draining";
    }
}
