using System.Net.WebSockets;

namespace WsBalancer.LoadTest.Connections;

/// <summary>Opens WebSockets, all through one handler, each on a TCP connection of its own.</summary>
internal sealed class Connector : IDisposable
{
    private readonly HttpMessageInvoker _invoker;
    private readonly TimeSpan _timeout;
    private readonly TimeProvider _time;

    /// <summary>Creates a connector; the timeout is for the whole of a handshake: name, TCP, TLS, upgrade.</summary>
    public Connector(TimeSpan timeout, TimeProvider time)
    {
        _timeout = timeout;
        _time = time;
        _invoker = new HttpMessageInvoker(new SocketsHttpHandler
        {
            ConnectTimeout = timeout,
            // A connection left by a refused handshake is not used again: every connect is measured in full.
            PooledConnectionLifetime = TimeSpan.Zero,
            AllowAutoRedirect = false,
            UseCookies = false,
            UseProxy = false,
        });
    }

    /// <summary>Opens one connection; the outcome holds either the socket or the reason.</summary>
    /// <exception cref="OperationCanceledException">The run was stopped meanwhile.</exception>
    public async Task<(WebSocket? Socket, string? Failure)> ConnectAsync(Uri address, CancellationToken cancellation)
    {
        var socket = new ClientWebSocket();
        socket.Options.CollectHttpResponseDetails = true;
        // The load is what the user asked for: no pings of our own. Those of the server are answered.
        socket.Options.KeepAliveInterval = TimeSpan.Zero;

        using var timeout = new CancellationTokenSource(_timeout, _time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(timeout.Token, cancellation);
        try
        {
            await socket.ConnectAsync(address, _invoker, either.Token);
            socket.HttpResponseHeaders = null;
            return (socket, null);
        }
        catch (Exception failure) when (ConnectionEnd.Is(failure))
        {
            socket.Dispose();
            cancellation.ThrowIfCancellationRequested();
            return (null, ConnectFailure.Name(failure, socket.HttpStatusCode));
        }
    }

    public void Dispose() => _invoker.Dispose();
}
