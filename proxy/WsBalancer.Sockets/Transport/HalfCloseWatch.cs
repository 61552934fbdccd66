using System.Net.Sockets;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Connections.Features;
using Microsoft.Extensions.Logging;
using WsBalancer.Sockets.Linux;
using WsBalancer.Sockets.Tcp;

namespace WsBalancer.Sockets.Transport;

/// <summary>
/// Replaces the <see cref="BaseConnectionContext.ConnectionClosed"/> of a connection of the platform's sockets. The
/// original token is cancelled by a client's FIN, after which the server drops the response that the client still waits
/// for. The token of this class is cancelled when the connection is reset or closed.
/// </summary>
internal sealed class HalfCloseWatch : IDisposable
{
    // The platform does not receive after FIN, and so detects a reset only when it sends.
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(1);

    private readonly CancellationTokenSource _closed = new();
    private readonly Socket _socket;
    private readonly string _connectionId;
    private readonly ILogger _logger;
    private readonly ITimer _timer;
    private bool _isProbed;

    private HalfCloseWatch(Socket socket, string connectionId, TimeProvider time, ILogger logger)
    {
        _socket = socket;
        _connectionId = connectionId;
        _logger = logger;
        _timer = time.CreateTimer(
            static watch => CallbackState.Of<HalfCloseWatch>(watch).Check(),
            this,
            Timeout.InfiniteTimeSpan,
            Timeout.InfiniteTimeSpan);
    }

    /// <summary>Replaces the token of a connection, if it uses TCP.</summary>
    public static void Begin(ConnectionContext connection, TimeProvider time, ILogger logger)
    {
        if (connection.Features.Get<IConnectionSocketFeature>()?.Socket is { ProtocolType: ProtocolType.Tcp } socket)
        {
            var watch = new HalfCloseWatch(socket, connection.ConnectionId, time, logger);
            var inputEnded = connection.ConnectionClosed;
            connection.ConnectionClosed = watch._closed.Token;
            inputEnded.UnsafeRegister(static watch => CallbackState.Of<HalfCloseWatch>(watch).InputEnded(), watch);
        }
    }

    public void Dispose()
    {
        _timer.Dispose();
        _closed.Dispose();
    }

    private void InputEnded()
    {
        if (!IsHalfClosed())
        {
            Close();
            return;
        }

        _timer.Change(Interval, Timeout.InfiniteTimeSpan);
    }

    private void Check()
    {
        if (!IsHalfClosed() || !EnableKeepAlive())
        {
            Close();
        }
        else
        {
            _timer.Change(Interval, Timeout.InfiniteTimeSpan);
        }
    }

    private void Close()
    {
        try
        {
            _closed.Cancel();
        }
        catch (AggregateException ex)
        {
            TransportLog.Failed(_logger, ex, _connectionId);
        }

        Dispose();
    }

    // Whether the client has sent FIN, and nothing else has ended the connection.
    private bool IsHalfClosed()
    {
        try
        {
            Span<byte> state = stackalloc byte[1];
            _ = _socket.GetRawSocketOption(SocketConstants.Tcp, SocketConstants.TcpInfoOption, state);
            return state[0] == SocketConstants.CloseWaitState;
        }
        catch (Exception ex) when (ex is SocketException or ObjectDisposedException)
        {
            // The server has closed the socket.
            return false;
        }
    }

    // Probes distinguish a client that has disconnected from one that waits for its response: both send FIN.
    private bool EnableKeepAlive()
    {
        try
        {
            if (!_isProbed)
            {
                _socket.KeepAlive(TcpKeepAlive.HalfClosedSilence);
                _isProbed = true;
            }

            return true;
        }
        catch (Exception ex) when (ex is SocketException or ObjectDisposedException)
        {
            return false;
        }
    }
}
