using System.Net.Sockets;
using System.Text;
using WsBalancer.LoadTest.Compare;
using WsBalancer.LoadTest.Load;

namespace WsBalancer.LoadTest.Echo;

/// <summary>
/// A connection to the echo server: a handshake request, then frames. Bytes that the socket does not accept are kept,
/// and nothing more is read until they are sent.
/// </summary>
internal sealed class EchoPeer(Socket socket, int token, Poller poller) : IDisposable
{
    private const int LongestRequest = 16_384;

    // An HTTP health probe expects a success status.
    private static readonly byte[] PlainAnswer =
        Encoding.ASCII.GetBytes("HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 3\r\n\r\nok\n");

    private readonly FrameEcho _frames = new();
    private byte[] _request = [];
    private byte[] _unsent = [];
    private bool _isUpgraded;
    private bool _isLast;

    /// <summary>Reads or writes what the socket is ready for. False when the connection has ended.</summary>
    public bool Advance(Readiness ready, byte[] input, byte[] output) =>
        _unsent.Length > 0 ? Flush() : !ready.CanRead || Read(input, output);

    public void Dispose() => socket.Dispose();

    private bool Read(byte[] input, byte[] output)
    {
        var length = socket.Receive(input, SocketFlags.None, out var error);
        if (error == SocketError.WouldBlock)
        {
            return true;
        }

        return error == SocketError.Success && length > 0
            && (_isUpgraded ? Echo(input.AsSpan(0, length), output) : Upgrade(input.AsSpan(0, length), output));
    }

    private bool Upgrade(ReadOnlySpan<byte> input, byte[] output)
    {
        _request = [.. _request, .. input];
        var end = _request.AsSpan().IndexOf("\r\n\r\n"u8);
        if (end < 0)
        {
            return _request.Length < LongestRequest;
        }

        var answer = UpgradeResponse.To(_request.AsSpan(0, end));
        _isUpgraded = answer is not null;
        _isLast = answer is null;
        var early = _request[(end + 4)..];
        _request = [];
        return Send(answer ?? PlainAnswer) && (early.Length == 0 || !_isUpgraded || Echo(early, output));
    }

    private bool Echo(ReadOnlySpan<byte> input, byte[] output)
    {
        var length = _frames.Transform(input, output);
        _isLast = _frames.IsClosed;
        return Send(output.AsSpan(0, length));
    }

    // Bytes that are already kept must be sent first.
    private bool Send(ReadOnlySpan<byte> bytes)
    {
        if (_unsent.Length > 0)
        {
            _unsent = [.. _unsent, .. bytes];
            return true;
        }

        var sent = socket.Send(bytes, SocketFlags.None, out var error);
        if (error is not (SocketError.Success or SocketError.WouldBlock))
        {
            return false;
        }

        if (sent < bytes.Length)
        {
            _unsent = bytes[sent..].ToArray();
            poller.WatchWrites(socket, token);
            return true;
        }

        return !_isLast;
    }

    private bool Flush()
    {
        var rest = _unsent;
        _unsent = [];
        var isOpen = Send(rest);
        if (isOpen && _unsent.Length == 0)
        {
            poller.WatchReads(socket, token);
        }

        return isOpen;
    }
}
