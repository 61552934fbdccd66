using System.Collections.Concurrent;
using System.Net.WebSockets;
using System.Text;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace WsBalancer.Cli.Tests.Demo;

/// <summary>A node that sends a welcome message and forwards direct messages, as the sample node does.</summary>
internal sealed class StubNode : IAsyncDisposable
{
    private readonly WebApplication _application;
    private readonly ConcurrentDictionary<string, WebSocket> _sockets = new();
    private int _refusals;

    private StubNode(WebApplication application) => _application = application;

    public Uri Address => new(_application.Urls.First());

    public string Name { get; set; } = "ws-1";

    /// <summary>The sender that forwarded messages contain instead of the true one; null for the true one.</summary>
    public string? FalseSender { get; set; }

    public static async Task<StubNode> StartAsync(int refusals = 0)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");

        var application = builder.Build();
        var node = new StubNode(application) { _refusals = refusals };
        application.UseWebSockets();
        application.Run(node.ServeAsync);
        await application.StartAsync();
        return node;
    }

    public void Drop(string user) => _sockets[user].Abort();

    /// <summary>Sends the user a Close frame, as a balancer does that drains a node.</summary>
    public Task CloseAsync(string user, int code) => _sockets[user].CloseOutputAsync(
        (WebSocketCloseStatus)code, null, CancellationToken.None);

    public async ValueTask DisposeAsync()
    {
        foreach (var socket in _sockets.Values)
        {
            socket.Abort();
        }

        await _application.DisposeAsync();
    }

    private async Task ServeAsync(HttpContext context)
    {
        if (Interlocked.Decrement(ref _refusals) >= 0)
        {
            context.Response.StatusCode = StatusCodes.Status503ServiceUnavailable;
            return;
        }

        var user = context.Request.Query["user"].ToString();
        using var socket = await context.WebSockets.AcceptWebSocketAsync();
        _sockets[user] = socket;
        await SendAsync(socket, new JsonObject { ["type"] = "welcome", ["node"] = Name, ["user"] = user });
        try
        {
            await TalkAsync(user, socket);
        }
        catch (WebSocketException)
        {
            socket.Abort();
        }
    }

    private async Task TalkAsync(string user, WebSocket socket)
    {
        var buffer = new byte[4096];
        while (true)
        {
            var part = await socket.ReceiveAsync(buffer, CancellationToken.None);
            if (part.MessageType is WebSocketMessageType.Close)
            {
                await socket.CloseOutputAsync(WebSocketCloseStatus.NormalClosure, null, CancellationToken.None);
                return;
            }

            var message = JsonNode.Parse(buffer.AsSpan(0, part.Count))!.AsObject();
            message["from"] = FalseSender ?? user;
            if (_sockets.TryGetValue(message["to"]!.GetValue<string>(), out var receiver))
            {
                await SendAsync(receiver, message);
            }
        }
    }

    private static Task SendAsync(WebSocket socket, JsonObject message) => socket.SendAsync(
        Encoding.UTF8.GetBytes(message.ToJsonString()),
        WebSocketMessageType.Text,
        endOfMessage: true,
        CancellationToken.None);
}
