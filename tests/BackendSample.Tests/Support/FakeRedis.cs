using System.Net;
using System.Net.Sockets;
using System.Text;

namespace WsBalancer.BackendSample.Tests.Support;

/// <summary>A server that answers a subscriber as the test wants.</summary>
internal sealed class FakeRedis : IDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private TcpClient? _client;

    public FakeRedis()
    {
        _listener.Start();
        _ = ServeAsync();
    }

    public EndPoint Endpoint => _listener.LocalEndpoint;

    /// <summary>The reply to SUBSCRIBE.</summary>
    public string SubscribeReply { get; set; } = "*3\r\n$9\r\nsubscribe\r\n$1\r\nc\r\n:1\r\n";

    /// <summary>Sends bytes on the newest connection.</summary>
    public Task SendAsync(string bytes) =>
        _client!.GetStream().WriteAsync(Encoding.UTF8.GetBytes(bytes), Deadline.Token).AsTask();

    public void Dispose()
    {
        _listener.Dispose();
        _client?.Dispose();
    }

    private async Task ServeAsync()
    {
        while (true)
        {
            _client = await _listener.AcceptTcpClientAsync(Deadline.Token);
            _ = AnswerAsync(new StreamReader(_client.GetStream()));
        }
    }

    private async Task AnswerAsync(StreamReader commands)
    {
        while (await commands.ReadLineAsync(Deadline.Token) is { } word)
        {
            var reply = word switch
            {
                "SETNAME" => "+OK\r\n",
                "PING" => "+PONG\r\n",
                "SUBSCRIBE" => SubscribeReply,
                _ => null,
            };
            if (reply is not null)
            {
                await SendAsync(reply);
            }
        }
    }
}
