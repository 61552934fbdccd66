using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using WsBalancer.Proxy.Fleet;
using WsBalancer.Proxy.Sockets;
using WsBalancer.Proxy.Sockets.ProxyProtocol;
using WsBalancer.Proxy.Tunnels;

namespace WsBalancer.Proxy.Placement.Http;

/// <summary>
/// Opens connections to the nodes of a cluster, in clear or over TLS. Failures are those of the platform's client, as
/// attempts are judged by them.
/// </summary>
/// <param name="dialer">Opens the sockets.</param>
/// <param name="settings">The cluster's settings, read for each connection.</param>
/// <param name="tls">What YARP and the application have configured for TLS to the nodes.</param>
/// <param name="time">For deadlines.</param>
internal sealed class NodeConnector(
    NodeDialer dialer, Func<ClusterSettings?> settings, SslClientAuthenticationOptions tls, TimeProvider time)
{
    /// <exception cref="HttpRequestException">The node cannot be connected to.</exception>
    /// <exception cref="OperationCanceledException">The request was cancelled.</exception>
    public async Task<NodeConnection> ConnectAsync(
        NodeEndpoint endpoint, HttpRequestMessage request, CancellationToken cancellation)
    {
        var cluster = settings();
        var options = cluster?.Get<HandshakeOptions>() ?? new HandshakeOptions();
        var socket = await DialAsync(endpoint, options, cluster?.Get<TunnelOptions>(), cancellation);
        var stream = new NetworkStream(socket, ownsSocket: true);
        await AnnounceAsync(stream, cluster, request, cancellation);
        return new NodeConnection(
            socket,
            endpoint.TlsName is { } name
                ? await SecureAsync(stream, name, options.Timeout, cancellation)
                : stream);
    }

    /// <summary>Whether a connection is that of one client, and not to be used for another.</summary>
    public bool IsOfOneClient => ProxyProtocolOf(settings()) != ProxyProtocolVersion.Off;

    private static ProxyProtocolVersion ProxyProtocolOf(ClusterSettings? cluster) =>
        cluster?.Get<NodeConnectionOptions>().ProxyProtocol ?? ProxyProtocolVersion.Off;

    private static async ValueTask AnnounceAsync(
        NetworkStream stream, ClusterSettings? cluster, HttpRequestMessage request, CancellationToken cancellation)
    {
        try
        {
            await ClientAnnouncement.SendAsync(stream, ProxyProtocolOf(cluster), request, cancellation);
        }
        catch (IOException ex)
        {
            throw new HttpRequestException(HttpRequestError.ConnectionError, ex.Message, ex);
        }
    }

    private async Task<Socket> DialAsync(
        NodeEndpoint endpoint, HandshakeOptions options, TunnelOptions? tunnels, CancellationToken cancellation)
    {
        try
        {
            return await dialer.ConnectAsync(
                endpoint.Host,
                endpoint.Port,
                options.ConnectTimeout,
                (tunnels ?? new TunnelOptions()).KeepAlive,
                cancellation);
        }
        catch (SocketException ex)
        {
            throw ConnectFailure.Of(ex, $"{endpoint.Host}:{endpoint.Port}");
        }
    }

    private async Task<Stream> SecureAsync(
        NetworkStream stream, string name, TimeSpan timeout, CancellationToken cancellation)
    {
        var secure = new SslStream(stream);
        using var deadline = new CancellationTokenSource(timeout, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(deadline.Token, cancellation);
        try
        {
            await secure.AuthenticateAsClientAsync(OptionsFor(name), either.Token);
            return secure;
        }
        catch (OperationCanceledException) when (cancellation.IsCancellationRequested)
        {
            await secure.DisposeAsync();
            throw;
        }
        catch (Exception ex) when (ex is AuthenticationException or IOException or OperationCanceledException)
        {
            await secure.DisposeAsync();
            throw new HttpRequestException(
                HttpRequestError.SecureConnectionError, $"TLS with the node failed: {ex.Message}", ex);
        }
    }

    // The options are shared by all connections of the cluster, and the name is that of one.
    private SslClientAuthenticationOptions OptionsFor(string name) => new()
    {
        TargetHost = name,
        ApplicationProtocols = [SslApplicationProtocol.Http11],
        AllowRenegotiation = tls.AllowRenegotiation,
        AllowTlsResume = tls.AllowTlsResume,
        CertificateChainPolicy = tls.CertificateChainPolicy,
        CertificateRevocationCheckMode = tls.CertificateRevocationCheckMode,
        CipherSuitesPolicy = tls.CipherSuitesPolicy,
        ClientCertificateContext = tls.ClientCertificateContext,
        ClientCertificates = tls.ClientCertificates,
        EnabledSslProtocols = tls.EnabledSslProtocols,
        EncryptionPolicy = tls.EncryptionPolicy,
        LocalCertificateSelectionCallback = tls.LocalCertificateSelectionCallback,
        RemoteCertificateValidationCallback = tls.RemoteCertificateValidationCallback,
    };
}

/// <summary>Socket errors of a connect, as the platform's client reports them.</summary>
internal static class ConnectFailure
{
    public static HttpRequestException Of(SocketException failure, string node)
    {
        var error = failure.SocketErrorCode is SocketError.HostNotFound or SocketError.TryAgain or SocketError.NoData
            ? HttpRequestError.NameResolutionError
            : HttpRequestError.ConnectionError;
        return new HttpRequestException(error, $"{failure.Message} ({node})", failure);
    }
}
