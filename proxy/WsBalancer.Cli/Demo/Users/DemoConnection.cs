using System.Collections.Concurrent;
using System.Net.WebSockets;
using System.Text.Json;
using WsBalancer.Proxy.Framing;

namespace WsBalancer.Cli.Demo.Users;

/// <summary>One WebSocket of a user through the balancer, from its welcome message to its end.</summary>
internal sealed class DemoConnection : IAsyncDisposable
{
    private const int LongestMessage = 16 * 1024;
    private static readonly TimeSpan CloseDeadline = TimeSpan.FromSeconds(3);

    private readonly ClientWebSocket _socket;
    private readonly TimeProvider _time;
    private readonly ConcurrentDictionary<string, TaskCompletionSource<WireMessage>> _expected = new();
    private readonly SemaphoreSlim _sending = new(1, 1);
    private WebSocketCloseStatus? _closedWith;

    private DemoConnection(ClientWebSocket socket, string node, TimeProvider time)
    {
        (_socket, Node, _time) = (socket, node, time);
        Ended = ReadToEndAsync();
    }

    /// <summary>The node that sent the welcome message.</summary>
    public string Node { get; }

    /// <summary>Completes when the socket has ended, for whatever reason; never fails.</summary>
    public Task Ended { get; }

    /// <summary>Whether the socket has ended with a request to reconnect: 1012, service restart.</summary>
    public bool IsRecalled => Ended.IsCompleted && (int?)_closedWith is CloseCode.ServiceRestart;

    /// <exception cref="WebSocketException">The handshake was refused or the socket was lost.</exception>
    public static async Task<DemoConnection> OpenAsync(
        Uri address, HttpMessageInvoker http, TimeProvider time, CancellationToken cancellation)
    {
        var socket = new ClientWebSocket();
        try
        {
            await socket.ConnectAsync(address, http, cancellation);
            var first = await ReadAsync(socket, cancellation);
            return first is { Type: WireMessage.Welcome, Node: { } node }
                ? new DemoConnection(socket, node, time)
                : throw new WebSocketException("The node did not send its welcome.");
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    public async Task SendAsync(WireMessage message, CancellationToken cancellation)
    {
        var bytes = JsonSerializer.SerializeToUtf8Bytes(message, WireJson.Default.WireMessage);
        await _sending.WaitAsync(cancellation);
        try
        {
            await _socket.SendAsync(bytes, WebSocketMessageType.Text, endOfMessage: true, cancellation);
        }
        finally
        {
            _sending.Release();
        }
    }

    /// <summary>
    /// The direct message that carries <paramref name="data"/>. Must be called before the message is sent.
    /// </summary>
    public Task<WireMessage> ExpectAsync(string data) => _expected.GetOrAdd(
        data, _ => new TaskCompletionSource<WireMessage>(TaskCreationOptions.RunContinuationsAsynchronously)).Task;

    public async ValueTask DisposeAsync()
    {
        try
        {
            using var deadline = new CancellationTokenSource(CloseDeadline, _time);
            if (_socket.State is WebSocketState.Open)
            {
                await _socket.CloseOutputAsync(WebSocketCloseStatus.NormalClosure, null, deadline.Token);
            }

            await Ended.WaitAsync(deadline.Token);
        }
        catch (Exception cause) when (cause is WebSocketException or OperationCanceledException)
        {
            // The socket is lost, or the peer does not answer the Close frame: an orderly close is not possible.
            _socket.Abort();
        }

        await Ended;
        _socket.Dispose();
        _sending.Dispose();
    }

    private async Task ReadToEndAsync()
    {
        try
        {
            while (await ReadAsync(_socket, CancellationToken.None) is { } message)
            {
                if (message is { Type: WireMessage.Direct, Data: { } data }
                    && _expected.TryRemove(data, out var waiting))
                {
                    waiting.TrySetResult(message);
                }
            }

            _closedWith = _socket.CloseStatus;
            if (_socket.State is WebSocketState.CloseReceived)
            {
                await _socket.CloseOutputAsync(WebSocketCloseStatus.NormalClosure, null, CancellationToken.None);
            }
        }
        catch (Exception cause) when (cause is WebSocketException or OperationCanceledException or JsonException)
        {
            // The socket was lost or aborted, or received something other than a message: for the user it has ended.
            return;
        }
    }

    /// <returns>Null when the peer has sent a Close frame.</returns>
    private static async Task<WireMessage?> ReadAsync(ClientWebSocket socket, CancellationToken cancellation)
    {
        var buffer = new byte[LongestMessage];
        var length = 0;
        while (length < buffer.Length)
        {
            var part = await socket.ReceiveAsync(buffer.AsMemory(length), cancellation);
            if (part.MessageType is WebSocketMessageType.Close)
            {
                return null;
            }

            length += part.Count;
            if (part.EndOfMessage)
            {
                return JsonSerializer.Deserialize(buffer.AsSpan(0, length), WireJson.Default.WireMessage);
            }
        }

        throw new WebSocketException($"A message was longer than {LongestMessage} bytes.");
    }
}
