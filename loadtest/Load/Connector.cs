using System.Net.WebSockets;

namespace WsBalancer.LoadTest.Load;

/// <summary>Opens WebSockets through one shared handler, each on its own TCP connection.</summary>
internal sealed class Connector : IDisposable
{
    private readonly HttpMessageInvoker _invoker;
    private readonly TimeSpan _timeout;
    private readonly TimeProvider _time;

    /// <summary>
    /// Creates a connector; the timeout covers the whole handshake: name resolution, TCP, TLS, upgrade.
    /// </summary>
    public Connector(TimeSpan timeout, TimeProvider time)
    {
        _timeout = timeout;
        _time = time;
        _invoker = new HttpMessageInvoker(new SocketsHttpHandler
        {
            ConnectTimeout = timeout,
            // A connection left by a rejected handshake must not be reused: every connect is measured in full.
            PooledConnectionLifetime = TimeSpan.Zero,
            AllowAutoRedirect = false,
            UseCookies = false,
            UseProxy = false,
        });
    }

    /// <summary>Opens one connection; the result contains either the socket or the reason of the failure.</summary>
    /// <exception cref="OperationCanceledException">The run was stopped during the handshake.</exception>
    public async Task<(WebSocket? Socket, string? Failure)> ConnectAsync(Uri address, CancellationToken cancellation)
    {
        var socket = new ClientWebSocket();
        socket.Options.CollectHttpResponseDetails = true;
        // No pings: the load is only what the user requested. Pings of the server are answered.
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
