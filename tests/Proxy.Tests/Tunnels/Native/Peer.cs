using System.Net;
using System.Net.Sockets;

namespace WsBalancer.Proxy.Tests.Tunnels.Native;

/// <summary>The peer of a loop's socket, over the real loopback network.</summary>
internal sealed class Peer : IDisposable
{
    // Small buffers, so that a peer that does not read soon causes back pressure.
    private const int SmallBuffer = 8 * 1024;

    private readonly Socket _socket;

    private Peer(Socket socket, int descriptor)
    {
        _socket = socket;
        Descriptor = descriptor;
    }

    /// <summary>The non-blocking descriptor of the other end, which has no other owner.</summary>
    public int Descriptor { get; }

    public static async Task<Peer> ConnectAsync()
    {
        using var listener = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        listener.ReceiveBufferSize = listener.SendBufferSize = SmallBuffer;
        listener.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        listener.Listen();
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp)
        {
            NoDelay = true,
            ReceiveBufferSize = SmallBuffer,
        };
        await socket.ConnectAsync(listener.LocalEndPoint!, Cancellation);
        var accepted = await listener.AcceptAsync(Cancellation);
        accepted.Blocking = false;
        var descriptor = (int)accepted.SafeHandle.DangerousGetHandle();
        accepted.SafeHandle.SetHandleAsInvalid();
        return new Peer(socket, descriptor);
    }

    public async Task SendAsync(params byte[][] parts)
    {
        foreach (var part in parts)
        {
            for (var sent = 0; sent < part.Length;)
            {
                sent += await _socket.SendAsync(part.AsMemory(sent), Cancellation);
            }
        }
    }

    /// <summary>Sends a few bytes before the method returns.</summary>
    public void SendNow(byte[] bytes) => Assert.Equal(bytes.Length, _socket.Send(bytes));

    /// <summary>Waits for this many bytes, and blocks the thread until they arrive.</summary>
    public byte[] ReadNow(int count)
    {
        _socket.ReceiveTimeout = (int)Deadline.Default.TotalMilliseconds;
        var bytes = new byte[count];
        for (var read = 0; read < count;)
        {
            var some = _socket.Receive(bytes, read, count - read, SocketFlags.None);
            Assert.True(some > 0, $"The end came after {read} of {count} bytes.");
            read += some;
        }

        return bytes;
    }

    public async Task<byte[]> ReadAsync(int count)
    {
        var bytes = new byte[count];
        for (var read = 0; read < count;)
        {
            var some = await ReceiveAsync(bytes.AsMemory(read));
            Assert.True(some > 0, $"The end came after {read} of {count} bytes.");
            read += some;
        }

        return bytes;
    }

    /// <summary>Fails unless exactly these bytes are received next.</summary>
    public async Task ReadsAsync(byte[] expected)
    {
        var read = await ReadAsync(expected.Length);
        Assert.Equal(expected, read);
    }

    /// <summary>Fails unless exactly these bytes are received, and then an orderly end.</summary>
    public async Task EndsAfterAsync(byte[] expected)
    {
        var (bytes, fin) = await ReadToEndAsync();
        Assert.Equal(expected, bytes);
        Assert.True(fin, "The connection was reset.");
    }

    /// <summary>Reads all bytes up to the end, and returns whether the end was orderly.</summary>
    public async Task<(byte[] Bytes, bool Fin)> ReadToEndAsync()
    {
        var bytes = new MemoryStream();
        var some = new byte[64 * 1024];
        try
        {
            while (await ReceiveAsync(some) is var read and > 0)
            {
                bytes.Write(some, 0, read);
            }

            return (bytes.ToArray(), true);
        }
        catch (SocketException ex) when (ex.SocketErrorCode == SocketError.ConnectionReset)
        {
            return (bytes.ToArray(), false);
        }
    }

    /// <summary>Sends FIN.</summary>
    public void Finish() => _socket.Shutdown(SocketShutdown.Send);

    public void Reset()
    {
        _socket.LingerState = new LingerOption(true, 0);
        _socket.Dispose();
    }

    public void Dispose() => _socket.Dispose();

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    private async Task<int> ReceiveAsync(Memory<byte> buffer) =>
        await _socket.ReceiveAsync(buffer, Cancellation).AsTask().WaitAsync(Deadline.Default);
}
