using System.Net.Security;
using System.Net.Sockets;
using System.Text;

namespace WsBalancer.EndToEnd.Tests.Transparency.Dialogues;

/// <summary>
/// One end of a connection in a dialogue. A background task reads continuously, so that a peer never blocks on a full
/// buffer. All bytes in both directions are kept for the report.
/// </summary>
internal sealed class Party : IAsyncDisposable
{
    private readonly Lock _lock = new();
    private readonly StringBuilder _received = new();
    private readonly StringBuilder _sent = new();
    private readonly Socket _socket;
    private readonly Stream _stream;
    private readonly Pulse _pulse;
    private readonly Task _reading;
    private string? _end;

    public Party(Socket socket, Stream stream, Pulse pulse)
    {
        (_socket, _stream, _pulse) = (socket, stream, pulse);
        _reading = ReadAll();
    }

    /// <summary>All bytes that were received, a character for each.</summary>
    public string Received
    {
        get
        {
            lock (_lock)
            {
                return _received.ToString();
            }
        }
    }

    public string Sent => _sent.ToString();

    /// <summary>The way in which the peer ended the connection; null while it is open.</summary>
    public string? End => Volatile.Read(ref _end);

    /// <summary>The offset of the first byte that no step has consumed.</summary>
    public int Consumed { get; set; }

    /// <summary>The content of an incomplete message that the steps have consumed; null between two messages.</summary>
    public string? Content { get; set; }

    /// <summary>Whether bytes of another message have arrived.</summary>
    public bool HasNews => Content is null && Received.Length > Consumed;

    public async Task Send(string bytes)
    {
        using var deadline = Deadline.Start();
        _sent.Append(bytes);
        try
        {
            await _stream.WriteAsync(Encoding.Latin1.GetBytes(bytes), deadline.Token);
            await _stream.FlushAsync(deadline.Token);
        }
        catch (IOException failure)
        {
            _sent.Append($"\n[not delivered: {failure.InnerException?.Message ?? failure.Message}]");
        }
    }

    public async Task FinishSending()
    {
        _sent.Append("\n[FIN]");
        if (_stream is SslStream tls)
        {
            await tls.ShutdownAsync();
        }

        _socket.Shutdown(SocketShutdown.Send);
    }

    public void Reset()
    {
        if (_socket.SafeHandle.IsClosed)
        {
            return;
        }

        _sent.Append("\n[RST]");
        _socket.LingerState = new LingerOption(true, 0);
        _socket.Close();
    }

    public async ValueTask DisposeAsync()
    {
        _socket.Dispose();
        await _reading;
        await _stream.DisposeAsync();
    }

    private async Task ReadAll()
    {
        var buffer = new byte[64 * 1024];
        var end = "FIN";
        try
        {
            while (await _stream.ReadAsync(buffer) is > 0 and var count)
            {
                lock (_lock)
                {
                    _received.Append(Encoding.Latin1.GetString(buffer, 0, count));
                }

                _pulse.Beat();
            }
        }
        catch (Exception cut) when (cut is IOException or SocketException or ObjectDisposedException)
        {
            end = cut.InnerException is SocketException { SocketErrorCode: var code } ? code.ToString() : cut.Message;
        }

        Volatile.Write(ref _end, end);
        _pulse.Beat();
    }
}
