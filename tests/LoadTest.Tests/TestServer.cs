using System.Collections.Concurrent;
using System.Net.WebSockets;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace WsBalancer.LoadTest.Tests;

/// <summary>
/// A real server on a free port that greets like the sample node and then runs the test's own function.
/// </summary>
internal sealed class TestServer : IAsyncDisposable
{
    private readonly WebApplication _app;

    private TestServer(WebApplication app) => _app = app;

    public Uri Address { get; private set; } = new("ws://unset/");

    public ConcurrentBag<string> Users { get; } = [];

    /// <summary>Starts a server. <paramref name="refuse"/> may reject a handshake by returning a status.</summary>
    public static async Task<TestServer> StartAsync(Func<WebSocket, Task> serve, Func<string, int?>? refuse = null)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        var server = new TestServer(builder.Build());
        server._app.UseWebSockets();
        server._app.Run(context => server.HandleAsync(context, serve, refuse));
        await server._app.StartAsync();

        server.Address = new UriBuilder(server._app.Urls.Single()) { Scheme = "ws", Path = "/ws" }.Uri;
        return server;
    }

    /// <summary>Echoes until the client closes; <paramref name="copies"/> of each message.</summary>
    public static async Task EchoAsync(WebSocket socket, int copies = 1)
    {
        while (await ReceiveAsync(socket) is { } message)
        {
            for (var copy = 0; copy < copies; copy++)
            {
                await socket.SendAsync(message.Bytes, message.Type, true, CancellationToken.None);
            }
        }
    }

    /// <summary>
    /// Receives until the client closes, and sends nothing. A server that has closed and continues to echo fails; its
    /// reset would then discard the Close frame that the client has not yet read.
    /// </summary>
    public static async Task AwaitCloseAsync(WebSocket socket)
    {
        var isOpen = true;
        while (isOpen)
        {
            isOpen = await ReceiveAsync(socket) is not null;
        }
    }

    /// <summary>
    /// Receives a whole message. When the client closes, answers with a Close frame and returns null.
    /// </summary>
    public static async Task<(byte[] Bytes, WebSocketMessageType Type)?> ReceiveAsync(WebSocket socket)
    {
        var buffer = new byte[16_384];
        var message = new MemoryStream();
        while (true)
        {
            var part = await socket.ReceiveAsync(buffer.AsMemory(), CancellationToken.None);
            if (part.MessageType == WebSocketMessageType.Close)
            {
                await AnswerCloseAsync(socket);
                return null;
            }

            message.Write(buffer, 0, part.Count);
            if (part.EndOfMessage)
            {
                return (message.ToArray(), part.MessageType);
            }
        }
    }

    public async ValueTask DisposeAsync()
    {
        using var atOnce = new CancellationTokenSource();
        await atOnce.CancelAsync();
        await _app.StopAsync(atOnce.Token);
        await _app.DisposeAsync();
    }

    private static Task AnswerCloseAsync(WebSocket socket) => socket.State == WebSocketState.CloseReceived
        ? socket.CloseOutputAsync(WebSocketCloseStatus.NormalClosure, null, CancellationToken.None)
        : Task.CompletedTask;

    private async Task HandleAsync(HttpContext context, Func<WebSocket, Task> serve, Func<string, int?>? refuse)
    {
        var user = context.Request.Query["user"].ToString();
        Users.Add(user);
        if (refuse?.Invoke(user) is { } status)
        {
            context.Response.StatusCode = status;
            return;
        }

        using var socket = await context.WebSockets.AcceptWebSocketAsync();
        try
        {
            var greeting = Encoding.UTF8.GetBytes("""{"type":"welcome","node":"ws-1"}""");
            await socket.SendAsync(greeting, WebSocketMessageType.Text, true, CancellationToken.None);
            await serve(socket);
        }
        catch (Exception failure) when (failure is WebSocketException or OperationCanceledException)
        {
            context.Abort();
        }
    }
}
