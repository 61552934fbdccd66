using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using WsBalancer.Proxy.Fleet;
using WsBalancer.Proxy.Sockets;
using WsBalancer.Proxy.Tunnels;
using WsBalancer.Sockets.ProxyProtocol;

namespace WsBalancer.Proxy.Placement.Http;

/// <summary>
/// Opens connections to the nodes of a cluster, in clear or over TLS. Failures are those of the platform's client, as
/// attempts are judged by them.
/// </summary>
/// <param name="dialer">Opens the sockets.</param>
/// <param name="settings">Read for each connection.</param>
/// <param name="cluster">The id of the cluster.</param>
/// <param name="tls">TLS to the nodes, as configured by YARP and the application.</param>
/// <param name="time">For deadlines.</param>
internal sealed class NodeConnector(
    NodeDialer dialer,
    IClusterSettingsSource settings,
    string cluster,
    SslClientAuthenticationOptions tls,
    TimeProvider time)
{
    /// <summary>Whether a connection belongs to one client, and must not be used for another.</summary>
    public bool IsOfOneClient => ProxyProtocol != ProxyProtocolVersion.Off;

    private ProxyProtocolVersion ProxyProtocol => settings.Get<NodeConnectionOptions>(cluster).ProxyProtocol;

    /// <summary>Opens a connection, with TLS if the endpoint has it.</summary>
    /// <exception cref="HttpRequestException">The node cannot be connected to.</exception>
    /// <exception cref="OperationCanceledException">The request was cancelled.</exception>
    public async Task<NodeConnection> ConnectAsync(
        NodeEndpoint endpoint, HttpRequestMessage request, CancellationToken cancellation)
    {
        try
        {
            var stream = await OpenAsync(endpoint.Host, endpoint.Port, request, cancellation);
            return new NodeConnection(
                stream.Socket,
                endpoint.TlsName is { } name ? await SecureAsync(stream, name, cancellation) : stream);
        }
        catch (SocketException ex)
        {
            throw ConnectFailure.Of(ex, $"{endpoint.Host}:{endpoint.Port}");
        }
        catch (IOException ex)
        {
            throw new HttpRequestException(HttpRequestError.ConnectionError, ex.Message, ex);
        }
    }

    /// <summary>
    /// Opens a connection, and sends the PROXY header of the client if the cluster is configured for it.
    /// </summary>
    /// <exception cref="SocketException">No address of the host accepted.</exception>
    /// <exception cref="IOException">The header could not be sent.</exception>
    public async Task<NetworkStream> OpenAsync(
        string host, int port, HttpRequestMessage request, CancellationToken cancellation)
    {
        var begun = time.GetTimestamp();
        var socket = await dialer.ConnectAsync(
            host,
            port,
            settings.Get<HandshakeOptions>(cluster).ConnectTimeout,
            settings.Get<TunnelOptions>(cluster).KeepAlive,
            cancellation);
        if (request.Options.TryGetValue(PlacedRequest.Key, out var placed))
        {
            placed.ConnectTime = time.GetElapsedTime(begun);
        }

        var stream = new NetworkStream(socket, ownsSocket: true);
        if (ProxyProtocol is not ProxyProtocolVersion.Off and var version)
        {
            await SendHeaderAsync(stream, version, RequestEndPoints.Of(request), cancellation);
        }

        return stream;
    }

    private static async Task SendHeaderAsync(
        NetworkStream stream, ProxyProtocolVersion version, ClientEndPoints? client, CancellationToken cancellation)
    {
        try
        {
            var header = new byte[ProxyHeader.MaxLength];
            var length = ProxyHeader.Write(header, version, client);
            await stream.WriteAsync(header.AsMemory(0, length), cancellation);
        }
        catch
        {
            await stream.DisposeAsync();
            throw;
        }
    }

    private async Task<Stream> SecureAsync(NetworkStream stream, string name, CancellationToken cancellation)
    {
        var secure = new SslStream(stream);
        using var deadline = new CancellationTokenSource(settings.Get<HandshakeOptions>(cluster).Timeout, time);
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

    // All connections of the cluster share the options, but not the name.
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
