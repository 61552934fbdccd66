using System.Net;
using System.Net.Security;
using System.Net.WebSockets;

namespace WsBalancer.EndToEnd.Tests.Clients;

/// <summary>WebSockets over HTTP/2 (RFC 8441) with the client of .NET: several on one TLS connection.</summary>
internal sealed class Http2Client(TestCertificate certificate) : IDisposable
{
    private readonly HttpMessageInvoker _invoker = new(new SocketsHttpHandler
    {
        SslOptions = new SslClientAuthenticationOptions
        {
            RemoteCertificateValidationCallback = certificate.IsPresented,
        },
    });

    /// <summary>Opens a WebSocket over HTTP/2, and fails if the server does not support that.</summary>
    public async Task<ClientWebSocket> Open(Uri url, Action<ClientWebSocketOptions>? configure = null)
    {
        using var deadline = Deadline.Start();
        var socket = new ClientWebSocket();
        socket.Options.HttpVersion = HttpVersion.Version20;
        socket.Options.HttpVersionPolicy = HttpVersionPolicy.RequestVersionExact;
        socket.Options.CollectHttpResponseDetails = true;
        configure?.Invoke(socket.Options);
        await socket.ConnectAsync(url, _invoker, deadline.Token);
        return socket;
    }

    public void Dispose() => _invoker.Dispose();
}
