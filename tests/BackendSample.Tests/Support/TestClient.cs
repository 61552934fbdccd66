using System.Net.WebSockets;
using System.Text;

namespace WsBalancer.BackendSample.Tests.Support;

/// <summary>A user with a real WebSocket connection.</summary>
internal sealed class TestClient : IDisposable
{
    public ClientWebSocket Socket { get; } = new();

    /// <summary>Connects and receives the welcome message.</summary>
    public static async Task<TestClient> WelcomedAsync(Uri node, string user)
    {
        var client = await ConnectAsync(node, user);
        await client.ReceiveTextAsync();
        return client;
    }

    /// <summary>Connects, and joins room "r".</summary>
    public static async Task<TestClient> MemberAsync(Uri node, string user)
    {
        var client = await WelcomedAsync(node, user);
        await client.JoinAsync("r");
        return client;
    }

    public static async Task<TestClient> ConnectAsync(Uri node, string user)
    {
        var client = new TestClient();
        await client.ConnectToAsync(node, $"/ws?user={Uri.EscapeDataString(user)}");
        return client;
    }

    public Task ConnectToAsync(Uri node, string pathAndQuery) =>
        Socket.ConnectAsync(WebSocketAddress(node, pathAndQuery), Deadline.Token);

    public static Uri WebSocketAddress(Uri node, string pathAndQuery) => new($"ws://{node.Authority}{pathAndQuery}");

    public Task SendAsync(string text) => SendAsync(Encoding.UTF8.GetBytes(text), WebSocketMessageType.Text);

    public Task SendAsync(byte[] bytes, WebSocketMessageType type = WebSocketMessageType.Binary, bool end = true) =>
        Socket.SendAsync(bytes, type, end, Deadline.Token);

    public async Task JoinAsync(string room)
    {
        await SendAsync($$"""{"type":"join","room":"{{room}}"}""");
        Assert.Equal($$"""{"type":"joined","room":"{{room}}"}""", await ReceiveTextAsync());
    }

    public async Task<string> ReceiveTextAsync()
    {
        var (type, bytes) = await ReceiveAsync();
        Assert.Equal(WebSocketMessageType.Text, type);
        return Encoding.UTF8.GetString(bytes);
    }

    /// <summary>Receives one whole message.</summary>
    public async Task<(WebSocketMessageType Type, byte[] Bytes)> ReceiveAsync()
    {
        var deadline = Deadline.Token;
        using var message = new MemoryStream();
        var buffer = new byte[64 * 1024];
        while (true)
        {
            var part = await Socket.ReceiveAsync(buffer, deadline);
            message.Write(buffer, 0, part.Count);
            if (part.EndOfMessage || part.MessageType is WebSocketMessageType.Close)
            {
                return (part.MessageType, message.ToArray());
            }
        }
    }

    /// <summary>Receives until the node closes, and returns the Close frame.</summary>
    public async Task<(int? Status, string? Reason)> ReceiveCloseAsync()
    {
        while ((await ReceiveAsync()).Type is not WebSocketMessageType.Close)
        {
            // Messages before the Close frame are ignored.
        }

        if (Socket.State is WebSocketState.CloseReceived)
        {
            await Socket.CloseOutputAsync(WebSocketCloseStatus.NormalClosure, null, Deadline.Token);
        }

        return ((int?)Socket.CloseStatus, Socket.CloseStatusDescription);
    }

    public void Dispose() => Socket.Dispose();
}
