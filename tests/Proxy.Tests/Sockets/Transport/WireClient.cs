using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace WsBalancer.Proxy.Tests.Sockets.Transport;

/// <summary>A client whose bytes the test specifies.</summary>
internal sealed class WireClient : IDisposable
{
    private readonly byte[] _received = new byte[64 * 1024];
    private int _start;
    private int _end;

    private WireClient(Socket socket) => Socket = socket;

    public Socket Socket { get; }

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public static async Task<WireClient> ConnectAsync(IPEndPoint endPoint, int? receiveBuffer = null)
    {
        var socket = new Socket(endPoint.AddressFamily, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        if (receiveBuffer is { } size)
        {
            socket.ReceiveBufferSize = size;
        }

        await socket.ConnectAsync(endPoint, Cancellation);
        return new WireClient(socket);
    }

    public Task SendAsync(string text) => SendAsync(Encoding.Latin1.GetBytes(text));

    public async Task SendAsync(ReadOnlyMemory<byte> bytes)
    {
        while (!bytes.IsEmpty)
        {
            bytes = bytes[await Socket.SendAsync(bytes, Cancellation).AsTask().WaitAsync(Deadline.Default)..];
        }
    }

    /// <summary>Reads up to a text, and returns all bytes including that text.</summary>
    public async Task<string> ReadToAsync(string last)
    {
        var text = new StringBuilder();
        while (!text.ToString().EndsWith(last, StringComparison.Ordinal))
        {
            text.Append(await ReadTextAsync(1));
        }

        return text.ToString();
    }

    /// <summary>Reads the head of a response, and its body if the head has a Content-Length.</summary>
    public async Task<string> ReadAnswerAsync()
    {
        const string Length = "Content-Length: ";
        var head = await ReadToAsync("\r\n\r\n");
        var at = head.IndexOf(Length, StringComparison.OrdinalIgnoreCase);
        if (at < 0)
        {
            return head;
        }

        var value = head[(at + Length.Length)..];
        var length = int.Parse(
            value[..value.IndexOf('\r', StringComparison.Ordinal)], CultureInfo.InvariantCulture);
        return head + await ReadTextAsync(length);
    }

    public async Task<string> ReadTextAsync(int length) => Encoding.Latin1.GetString(await ReadAsync(length));

    public async Task<byte[]> ReadAsync(int length)
    {
        var bytes = new byte[length];
        for (var read = 0; read < length;)
        {
            Assert.True(_start < _end || await FillAsync(), "The connection ended early.");
            var count = Math.Min(length - read, _end - _start);
            _received.AsSpan(_start, count).CopyTo(bytes.AsSpan(read));
            _start += count;
            read += count;
        }

        return bytes;
    }

    /// <summary>Reads all bytes up to FIN.</summary>
    public async Task<string> ReadToEndAsync()
    {
        var text = new StringBuilder();
        while (_start < _end || await FillAsync())
        {
            text.Append(Encoding.Latin1.GetString(_received.AsSpan(_start, _end - _start)));
            _start = _end;
        }

        return text.ToString();
    }

    /// <summary>Waits for the end, and returns whether it was a reset.</summary>
    public async Task<bool> EndsWithResetAsync()
    {
        try
        {
            await ReadToEndAsync();
            return false;
        }
        catch (SocketException ex) when (ex.SocketErrorCode == SocketError.ConnectionReset)
        {
            return true;
        }
    }

    /// <summary>Closes the connection with RST.</summary>
    public void Reset() => Socket.Close(0);

    public void Dispose() => Socket.Dispose();

    private async Task<bool> FillAsync()
    {
        _start = 0;
        _end = await Socket.ReceiveAsync(_received, Cancellation).AsTask().WaitAsync(Deadline.Default);
        return _end > 0;
    }
}
