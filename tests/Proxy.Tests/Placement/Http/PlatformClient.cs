using System.Buffers;
using System.Text;
using WsBalancer.Proxy.Tunnels;

namespace WsBalancer.Proxy.Tests.Placement.Http;

/// <summary>
/// The platform's own client, configured as by YARP, on a connection in memory: the reference for the balancer's
/// client.
/// </summary>
internal sealed class PlatformClient : IDisposable
{
    private readonly Connection _connection;
    private readonly HttpMessageInvoker _client;

    /// <param name="pieces">The bytes that the node sends, one piece per read; then its end.</param>
    public PlatformClient(params IEnumerable<byte[]> pieces)
    {
        _connection = new Connection(pieces);
        _client = new HttpMessageInvoker(new SocketsHttpHandler
        {
            UseProxy = false,
            UseCookies = false,
            AllowAutoRedirect = false,
            ActivityHeadersPropagator = null,
            RequestHeaderEncodingSelector = (_, _) => Encoding.UTF8,
            ConnectCallback = (_, _) => new(_connection),
        });
    }

    public static HttpRequestMessage Handshake => new(HttpMethod.Get, "http://node.example/chat");

    /// <summary>The bytes that the client has sent.</summary>
    public byte[] Sent => _connection.Sent.WrittenSpan.ToArray();

    public Task<HttpResponseMessage> SendAsync(HttpRequestMessage request) =>
        _client.SendAsync(request, TestContext.Current.CancellationToken);

    public void Dispose() => _client.Dispose();

    private sealed class Connection(IEnumerable<byte[]> pieces) : DuplexStream
    {
        private readonly Queue<byte[]> _pieces = new(pieces);

        public ArrayBufferWriter<byte> Sent { get; } = new();

        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
        {
            if (buffer.IsEmpty || _pieces.Count == 0)
            {
                return new(0);
            }

            var piece = _pieces.Dequeue();
            var part = Math.Min(piece.Length, buffer.Length);
            piece.AsSpan(0, part).CopyTo(buffer.Span);
            if (part < piece.Length)
            {
                Requeue(piece[part..]);
            }

            return new(part);
        }

        public override ValueTask WriteAsync(
            ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
        {
            Sent.Write(buffer.Span);
            return ValueTask.CompletedTask;
        }

        public override Task FlushAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        private void Requeue(byte[] rest)
        {
            var others = _pieces.ToArray();
            _pieces.Clear();
            _pieces.Enqueue(rest);
            foreach (var other in others)
            {
                _pieces.Enqueue(other);
            }
        }
    }
}
