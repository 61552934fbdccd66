using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;
using WsBalancer.LoadTest.Load;

namespace WsBalancer.LoadTest.Compare;

/// <summary>A WebSocket on a raw non-blocking socket. One byte too many or one different byte is a failure.</summary>
internal sealed class Tunnel : IDisposable
{
    private const int LongestAnswer = 16_384;
    private const string Key = "d3Nsb2FkIGNvbXBhcmUuLg==";
    private static readonly TimeSpan ConnectTimeout = TimeSpan.FromSeconds(10);

    private static readonly string Accept = UpgradeResponse.AcceptFor(Key);
    private static readonly byte[] CloseAnswer = [0x88, 2, 1_000 >> 8, 1_000 & 0xFF];
    private static readonly byte[] CloseFrame = PreframedMessage.MaskedFrame(CloseAnswer, 2);

    private readonly Socket _socket;
    private byte[] _answer = [];
    private byte[] _expected = [];
    private int _matched;
    private ReadOnlyMemory<byte> _unsent;
    private bool _isOpen;

    private Tunnel(Socket socket, int token) => (_socket, Token) = (socket, token);

    public Socket Socket => _socket;

    /// <summary>The token that identifies this tunnel in the poller.</summary>
    public int Token { get; }

    /// <summary>The reason why the tunnel is broken, in the words of <c>wsload run</c>.</summary>
    public string Failure { get; private set; } = "";

    public bool HasUnsent => _unsent.Length > 0;

    /// <summary>Whether bytes are still expected from the server.</summary>
    public bool IsWaiting => _matched < _expected.Length;

    public bool IsClosing => ReferenceEquals(_expected, CloseAnswer);

    /// <summary>The timestamp at which the pending message was sent.</summary>
    public long SentAt { get; set; }

    public PreframedMessage? Message { get; set; }

    /// <summary>
    /// Connects and sends the handshake. Only the connect blocks; to a nearby host it takes almost no time.
    /// </summary>
    /// <exception cref="SocketException">The connection could not be opened.</exception>
    public static Tunnel Connect(EndPoint endPoint, Uri address, int token)
    {
        var socket = new Socket(endPoint.AddressFamily, SocketType.Stream, ProtocolType.Tcp)
        {
            NoDelay = true,
            SendTimeout = (int)ConnectTimeout.TotalMilliseconds,
        };
        try
        {
            socket.Connect(endPoint);
            socket.Blocking = false;
            var tunnel = new Tunnel(socket, token);
            tunnel.Send(Encoding.ASCII.GetBytes(
                $"GET {address.PathAndQuery} HTTP/1.1\r\nHost: {address.Authority}\r\nConnection: Upgrade\r\n"
                + $"Upgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: {Key}\r\n\r\n"));
            return tunnel;
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    /// <summary>Sends the tunnel's message; the echo is then expected.</summary>
    public void SendMessage() => Exchange(Message!.Frame, Message.Echo);

    /// <summary>
    /// Begins the closing handshake; the server's Close frame and the end of the connection are then expected.
    /// </summary>
    public void SendClose() => Exchange(CloseFrame, CloseAnswer);

    /// <summary>Sends the bytes that the socket did not accept before.</summary>
    public void Flush() => Send(_unsent);

    /// <summary>Receives once, without blocking.</summary>
    public TunnelEvent Receive(byte[] buffer)
    {
        var length = _socket.Receive(buffer, SocketFlags.None, out var error);
        return error switch
        {
            SocketError.WouldBlock => TunnelEvent.Nothing,
            SocketError.Success when length == 0 => IsClosing && !IsWaiting ? TunnelEvent.Closed : Break("ended"),
            SocketError.Success when _isOpen => Match(buffer.AsSpan(0, length)),
            SocketError.Success => ReadAnswer(buffer.AsSpan(0, length)),
            _ => Break(ConnectFailure.Name(new SocketException((int)error), default)),
        };
    }

    public void Dispose() => _socket.Dispose();

    private void Exchange(byte[] frame, byte[] expected)
    {
        _expected = expected;
        _matched = 0;
        Send(frame);
    }

    // An error is not reported here: the next receive returns it.
    private void Send(ReadOnlyMemory<byte> bytes)
    {
        var sent = _socket.Send(bytes.Span, SocketFlags.None, out var error);
        _unsent = error is SocketError.Success or SocketError.WouldBlock ? bytes[sent..] : default;
    }

    private TunnelEvent Match(ReadOnlySpan<byte> received)
    {
        var expected = _expected.AsSpan(_matched);
        if (received.Length > expected.Length || !received.SequenceEqual(expected[..received.Length]))
        {
            return Break("altered");
        }

        _matched += received.Length;
        return IsWaiting || IsClosing ? TunnelEvent.Nothing : TunnelEvent.Echoed;
    }

    private TunnelEvent ReadAnswer(ReadOnlySpan<byte> received)
    {
        _answer = [.. _answer, .. received];
        var end = _answer.AsSpan().IndexOf("\r\n\r\n"u8);
        if (end < 0)
        {
            return _answer.Length < LongestAnswer ? TunnelEvent.Nothing : Break("handshake");
        }

        var head = Encoding.ASCII.GetString(_answer, 0, end);
        var isComplete = end + 4 == _answer.Length;
        _answer = [];
        _isOpen = true;
        return Refusal(head) is { } refusal ? Break(refusal) : isComplete ? TunnelEvent.Opened : Break("altered");
    }

    private static string? Refusal(string head) => head.Split(' ') is [_, var status, ..]
        && int.TryParse(status, NumberStyles.None, CultureInfo.InvariantCulture, out var code)
            ? code != 101 ? $"http{code}" : head.Contains(Accept, StringComparison.Ordinal) ? null : "handshake"
            : "handshake";

    private TunnelEvent Break(string failure)
    {
        Failure = failure;
        return TunnelEvent.Broken;
    }
}

/// <summary>The event in a tunnel that a receive caused.</summary>
internal enum TunnelEvent
{
    Nothing,

    /// <summary>The handshake succeeded.</summary>
    Opened,

    /// <summary>The server returned the message unchanged.</summary>
    Echoed,

    /// <summary>The tunnel ended with the closing handshake that this program began.</summary>
    Closed,

    /// <summary>The tunnel failed or ended otherwise; <see cref="Tunnel.Failure"/> is the reason.</summary>
    Broken,
}
