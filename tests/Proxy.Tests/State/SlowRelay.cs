using System.Net;
using System.Net.Sockets;
using System.Threading.Channels;

namespace WsBalancer.Proxy.Tests.State;

/// <summary>
/// Relays connections to a server, and delays every byte of each direction by half a round trip. Can also hold what the
/// server sends.
/// </summary>
internal sealed class SlowRelay : IAsyncDisposable
{
    private readonly IPEndPoint _server;
    private readonly TimeSpan _delay;
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _stop = new();
    private readonly SemaphoreSlim _released = new(0);
    private readonly Task _accepting;
    private volatile bool _isHolding;
    private int _held;

    public SlowRelay(string server, TimeSpan roundTrip)
    {
        (_server, _delay) = (IPEndPoint.Parse(server), roundTrip / 2);
        _listener.Start();
        _accepting = AcceptAsync();
    }

    public string Address => _listener.LocalEndpoint.ToString()!;

    /// <summary>How many pieces the server has sent since <see cref="Hold"/>, released or not.</summary>
    public int Held => Volatile.Read(ref _held);

    /// <summary>Holds each piece that the server sends from now on, until it is released.</summary>
    public void Hold() => _isHolding = true;

    /// <summary>Passes the oldest piece on that is held.</summary>
    public void ReleaseOne() => _released.Release();

    /// <summary>Passes all pieces on, and holds no more.</summary>
    public void ReleaseAll()
    {
        _isHolding = false;
        _released.Release(Held + 1);
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _accepting;
        _listener.Dispose();
        _released.Dispose();
        _stop.Dispose();
    }

    private async Task AcceptAsync()
    {
        var relays = new List<Task>();
        try
        {
            while (true)
            {
                relays.Add(RelayAsync(await _listener.AcceptTcpClientAsync(_stop.Token)));
            }
        }
        catch (OperationCanceledException)
        {
            await Task.WhenAll(relays);
        }
    }

    private async Task RelayAsync(TcpClient client)
    {
        using var near = client;
        using var far = new TcpClient(_server.AddressFamily);
        try
        {
            await far.ConnectAsync(_server, _stop.Token);
            await Task.WhenAny(CopyAsync(near, far, isReply: false), CopyAsync(far, near, isReply: true));
        }
        catch (Exception ex) when (ex is SocketException or OperationCanceledException)
        {
            // The connection ends with both sockets.
            return;
        }
    }

    private async Task CopyAsync(TcpClient from, TcpClient to, bool isReply)
    {
        var pieces = Channel.CreateUnbounded<Piece>();
        var writing = WriteAsync(to, pieces.Reader);
        var buffer = new byte[64 * 1024];
        try
        {
            while (await from.GetStream().ReadAsync(buffer, _stop.Token) is > 0 and var read)
            {
                var isHeld = isReply && _isHolding;
                pieces.Writer.TryWrite(new Piece(TimeProvider.System.GetTimestamp(), buffer[..read], isHeld));
                Interlocked.Add(ref _held, isHeld ? 1 : 0);
            }
        }
        catch (Exception ex) when (ex is IOException or OperationCanceledException or ObjectDisposedException)
        {
            pieces.Writer.Complete();
        }

        pieces.Writer.TryComplete();
        await writing;
    }

    private async Task WriteAsync(TcpClient to, ChannelReader<Piece> pieces)
    {
        try
        {
            await foreach (var (readAt, bytes, isHeld) in pieces.ReadAllAsync(_stop.Token))
            {
                var left = _delay - TimeProvider.System.GetElapsedTime(readAt);
                await Task.Delay(left > TimeSpan.Zero ? left : TimeSpan.Zero, TimeProvider.System, _stop.Token);
                if (isHeld)
                {
                    await _released.WaitAsync(_stop.Token);
                }

                await to.GetStream().WriteAsync(bytes, _stop.Token);
            }
        }
        catch (Exception ex) when (
            ex is IOException or OperationCanceledException or ObjectDisposedException or InvalidOperationException)
        {
            // A peer has disconnected, which ends the connection.
            return;
        }
    }

    private sealed record Piece(long ReadAt, byte[] Bytes, bool IsHeld);
}
