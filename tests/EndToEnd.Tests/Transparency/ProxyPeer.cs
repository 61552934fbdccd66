using System.Net;
using WsBalancer.EndToEnd.Tests.Fixtures;
using WsBalancer.EndToEnd.Tests.Peers;

namespace WsBalancer.EndToEnd.Tests.Transparency;

/// <summary>A HAProxy or an nginx as a process, in front of or behind the balancer.</summary>
internal sealed class ProxyPeer : IAsyncDisposable
{
    private readonly PeerBalancer _process;

    private ProxyPeer(IPEndPoint endPoint, PeerBalancer process) => (EndPoint, _process) = (endPoint, process);

    /// <summary>The address that the process listens on.</summary>
    public IPEndPoint EndPoint { get; }

    /// <summary>A HAProxy that begins each connection to the balancer with a PROXY header.</summary>
    /// <param name="mode">The keyword of the header (<c>send-proxy</c>, <c>send-proxy-v2</c>) and its options.</param>
    /// <param name="port">The port of the balancer at 127.0.0.1; connections are from 127.0.0.2.</param>
    public static async Task<ProxyPeer> StartSender(string mode, int port)
    {
        var at = LoopbackAddress.NextFree();
        return new ProxyPeer(at, await PeerBalancer.StartHaproxy(folder => $"""
            defaults
              mode tcp
              timeout connect 10s
              timeout client 30s
              timeout server 30s
            listen users
              bind unix@{PeerBalancer.SocketIn(folder)}
              bind {at}
              unique-id-format abc
              server balancer 127.0.0.1:{port} {mode} source 127.0.0.2

            """));
    }

    /// <summary>
    /// A HAProxy or an nginx that requires a PROXY header on each connection, and passes requests on with the address
    /// and port of the header in <c>X-Seen</c>.
    /// </summary>
    public static async Task<ProxyPeer> StartReceiver(string name, int port)
    {
        var at = LoopbackAddress.NextFree();
        return new ProxyPeer(at, name == "haproxy" ? await StartHaproxy(at, port) : await StartNginx(at, port));
    }

    public ValueTask DisposeAsync() => _process.DisposeAsync();

    private static Task<PeerBalancer> StartHaproxy(IPEndPoint at, int port) => PeerBalancer.StartHaproxy(folder => $$"""
        defaults
          mode http
          timeout connect 10s
          timeout client 30s
          timeout server 30s
          timeout tunnel 30s
        listen node
          bind unix@{{PeerBalancer.SocketIn(folder)}}
          bind {{at}} accept-proxy
          http-request set-header X-Seen %[src]:%[src_port]
          server node 127.0.0.1:{{port}}

        """);

    private static Task<PeerBalancer> StartNginx(IPEndPoint at, int port) => PeerBalancer.StartNginx(folder => $$"""
        server {
          listen unix:{{PeerBalancer.SocketIn(folder)}};
          listen {{at}} proxy_protocol;
          location / {
            proxy_pass http://127.0.0.1:{{port}};
            proxy_http_version 1.1;
            proxy_set_header Upgrade $http_upgrade;
            proxy_set_header Connection $http_connection;
            proxy_set_header X-Seen $proxy_protocol_addr:$proxy_protocol_port;
          }
        }
        """);
}
