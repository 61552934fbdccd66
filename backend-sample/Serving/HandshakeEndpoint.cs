using System.Net.WebSockets;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using WsBalancer.BackendSample.Access;
using WsBalancer.BackendSample.Messaging;
using WsBalancer.BackendSample.Sessions;

namespace WsBalancer.BackendSample.Serving;

/// <summary>Accepts WebSocket handshakes, and serves their connections.</summary>
internal sealed class HandshakeEndpoint(
    NodeOptions options,
    SessionLimits limits,
    Admission admission,
    Conversation conversation,
    DeviceTypes devices,
    TimeProvider time)
{
    /// <summary>The name of the messages of this node. Clients may leave it out.</summary>
    private const string Subprotocol = "wsbalancer.chat.v1";

    // For the WebSocket that only writes the 101 response; then the connection is handed over.
    private readonly WebSocketAcceptContext _noKeepAlive = new() { KeepAliveInterval = Timeout.InfiniteTimeSpan };

    private readonly WebSocketAcceptContext _withSubprotocol =
        new() { KeepAliveInterval = Timeout.InfiniteTimeSpan, SubProtocol = Subprotocol };

    private readonly WebSocketCreationOptions _server = new()
    {
        IsServer = true,
        KeepAliveInterval = options.KeepAliveInterval,
        KeepAliveTimeout = options.KeepAliveTimeout,
    };

    public async Task AcceptAsync(HttpContext context)
    {
        if (!context.WebSockets.IsWebSocketRequest)
        {
            context.Response.Headers.Upgrade = "websocket";
            await Problem.WriteAsync(
                context, StatusCodes.Status426UpgradeRequired,
                "This node speaks WebSocket only; its health is at /healthz, its numbers are at /stats, and a page to "
                + "chat is at /.");
            return;
        }

        var admitted = await admission.IdentifyAsync(context.Request);
        if (admitted.Identity is not { } identity)
        {
            await Problem.WriteAsync(context, admitted.Status, admitted.Detail);
            return;
        }

        var device = context.Request.Query["device"].ToString();
        if (device.Length > SessionClient.MaxDeviceLength)
        {
            await Problem.WriteAsync(
                context, StatusCodes.Status400BadRequest,
                $"'device' is longer than {SessionClient.MaxDeviceLength} characters.");
            return;
        }

        if (!TryFindRecovery(context.Request, out var recovery))
        {
            await Problem.WriteAsync(
                context, StatusCodes.Status400BadRequest,
                "'since' is neither empty nor a position, such as ?since=5b0f:12.");
            return;
        }

        await ServeAsync(context, new SessionClient(identity, device is "" ? null : devices.Find(device), recovery));
    }

    private async Task ServeAsync(HttpContext context, SessionClient client)
    {
        var handover = context.Features.GetRequiredFeature<ConnectionHandover>();
        var isOffered = context.WebSockets.WebSocketRequestedProtocols.Contains(Subprotocol);

        // Writes the 101 response. Nothing else is written or read through the request.
        _ = await context.WebSockets.AcceptWebSocketAsync(isOffered ? _withSubprotocol : _noKeepAlive);
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

    private static bool TryFindRecovery(HttpRequest request, out RecoveryRequest? recovery)
    {
        var isPresent = request.Query.TryGetValue("since", out var since);
        var position = ChannelPosition.Parse(since.ToString());
        recovery = isPresent ? new RecoveryRequest(position) : null;
        return position is not null || since.ToString().Length == 0;
    }
}
