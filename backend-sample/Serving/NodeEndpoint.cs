using System.Net.WebSockets;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using WsBalancer.BackendSample.Messaging;
using WsBalancer.BackendSample.Sessions;
using WsBalancer.BackendSample.Telemetry;

namespace WsBalancer.BackendSample.Serving;

/// <summary>Handles all requests to a node: its health, its numbers, and WebSockets on any other path.</summary>
internal sealed class NodeEndpoint(
    NodeOptions options,
    SessionRegistry sessions,
    SessionLimits limits,
    Conversation conversation,
    NodeStatsReader stats,
    NodeMetrics metrics,
    DeviceTypes devices,
    TimeProvider time)
{
    // For the WebSocket that only writes the 101 response; then the connection is handed over.
    private readonly WebSocketAcceptContext _noKeepAlive = new() { KeepAliveInterval = Timeout.InfiniteTimeSpan };

    private readonly WebSocketCreationOptions _server = new()
    {
        IsServer = true,
        KeepAliveInterval = options.KeepAliveInterval,
        KeepAliveTimeout = options.KeepAliveTimeout,
    };

    public Task AnswerAsync(HttpContext context) => context.Request.Path.Value switch
    {
        "/healthz" => AnswerHealthAsync(context),
        "/stats" => context.Response.WriteAsJsonAsync(stats.Read(), context.RequestAborted),
        "/metrics" => metrics.WriteAsync(context.Response, context.RequestAborted),
        _ => AcceptAsync(context),
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
            await Problem.WriteAsync(
                context, "This node speaks WebSocket only; its health is at /healthz, its numbers are at /stats.");
            return;
        }

        if (FindUser(context.Request) is not { Length: > 0 and <= ClientMessage.MaxUserLength } user)
        {
            context.Response.StatusCode = StatusCodes.Status400BadRequest;
            await Problem.WriteAsync(context, "Say who connects, with ?user=ID or the header X-User-Id (at most "
                + $"{ClientMessage.MaxUserLength} characters).");
            return;
        }

        var device = context.Request.Query["device"].ToString();
        if (device.Length > SessionClient.MaxDeviceLength)
        {
            context.Response.StatusCode = StatusCodes.Status400BadRequest;
            await Problem.WriteAsync(
                context, $"'device' is longer than {SessionClient.MaxDeviceLength} characters.");
            return;
        }

        if (!TryFindRecovery(context.Request, out var recovery))
        {
            context.Response.StatusCode = StatusCodes.Status400BadRequest;
            await Problem.WriteAsync(context, "'since' is neither empty nor a position, such as ?since=5b0f:12.");
            return;
        }

        await ServeAsync(context, new SessionClient(user, device is "" ? null : devices.Find(device), recovery));
    }

    private async Task ServeAsync(HttpContext context, SessionClient client)
    {
        var handover = context.Features.GetRequiredFeature<ConnectionHandover>();

        // Writes the 101 response. Nothing else is written or read through the request.
        _ = await context.WebSockets.AcceptWebSocketAsync(_noKeepAlive);
        handover.Begin(connection => ServeAsync(connection, client));
    }

    private async Task ServeAsync(ConnectionContext connection, SessionClient client)
    {
        var stream = new ConnectionStream(connection, options.BatchBytes);
        using (var socket = WebSocket.CreateFromStream(stream, _server))
        {
            await conversation.ServeAsync(new Session(client, socket, stream, limits));
        }

        await CloseAsync(connection);
    }

    private async Task CloseAsync(ConnectionContext connection)
    {
        // Written bytes may wait for a client that no longer reads: abort after the close timeout.
        await using var cutOff = time.CreateTimer(
            static connection => ((ConnectionContext)connection!).Abort(),
            connection,
            options.CloseTimeout,
            Timeout.InfiniteTimeSpan);
        await connection.Transport.Output.CompleteAsync();
        await ClosedAsync(connection);
    }

    private static async Task ClosedAsync(ConnectionContext connection)
    {
        var closed = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var registration = connection.ConnectionClosed.UnsafeRegister(
            static closed => ((TaskCompletionSource)closed!).TrySetResult(), closed);
        await closed.Task;
    }

    private static string? FindUser(HttpRequest request) => request.Query["user"].ToString() is { Length: > 0 } user
        ? user
        : request.Headers["X-User-Id"].ToString().Trim();

    private static bool TryFindRecovery(HttpRequest request, out RecoveryRequest? recovery)
    {
        var isPresent = request.Query.TryGetValue("since", out var since);
        var position = ChannelPosition.Parse(since.ToString());
        recovery = isPresent ? new RecoveryRequest(position) : null;
        return position is not null || since.ToString().Length == 0;
    }

    private static void MarkDraining(HttpResponse response)
    {
        response.StatusCode = StatusCodes.Status503ServiceUnavailable;
        response.Headers["X-WsBalancer-State"] = "draining";
    }
}
