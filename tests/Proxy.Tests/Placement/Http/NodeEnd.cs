using System.Net.Sockets;
using System.Text;

namespace WsBalancer.Proxy.Tests.Placement.Http;

/// <summary>A node's end of a connection, read and written by the byte.</summary>
internal sealed class NodeEnd(Socket socket) : IDisposable
{
    public Socket Socket { get; } = socket;

    public async Task<string> ReadHeadAsync()
    {
        var head = new StringBuilder();
        while (!head.ToString().EndsWith("\r\n\r\n", StringComparison.Ordinal))
        {
            head.Append(await ReadAsync(1));
        }

        return head.ToString();
    }

    /// <summary>Reads this number of bytes; fails if the peer closes before.</summary>
    public async Task<string> ReadAsync(int count)
    {
        var bytes = new byte[count];
        for (var read = 0; read < count;)
        {
            var some = await ReceiveAsync(bytes.AsMemory(read));
            Assert.True(some > 0, $"Closed after {Encoding.Latin1.GetString(bytes, 0, read)}.");
            read += some;
        }

        return Encoding.Latin1.GetString(bytes);
    }

    /// <summary>Receives up to one byte; 0 once the peer has closed, or reset, the connection.</summary>
    public Task<int> ReceiveAsync() => ReceiveAsync(new byte[1]);

    public Task SendAsync(string text) => Socket.SendAsync(Encoding.Latin1.GetBytes(text));

    public void Dispose() => Socket.Dispose();

    private async Task<int> ReceiveAsync(Memory<byte> buffer)
    {
        try
        {
            return await Socket.ReceiveAsync(buffer, TestContext.Current.CancellationToken).AsTask()
                .WaitAsync(Deadline.Default, TestContext.Current.CancellationToken);
        }
        catch (SocketException reset) when (reset.SocketErrorCode == SocketError.ConnectionReset)
        {
            return 0;
        }
    }
}
