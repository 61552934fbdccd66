using System.Net;
using System.Net.Sockets;
using WsBalancer.EndToEnd.Tests.Fixtures;
using WsBalancer.EndToEnd.Tests.Interop;
using WsBalancer.EndToEnd.Tests.Processes;

namespace WsBalancer.EndToEnd.Tests.Transparency;

/// <summary>A HAProxy or an nginx as a process, in front of or behind the balancer.</summary>
internal sealed class ProxyPeer : IAsyncDisposable
{
    private readonly DirectoryInfo _folder;
    private readonly RunningProcess _process;

    private ProxyPeer(DirectoryInfo folder, IPEndPoint endPoint, RunningProcess process) =>
        (_folder, EndPoint, _process) = (folder, endPoint, process);

    /// <summary>The address that the process listens on.</summary>
    public IPEndPoint EndPoint { get; }

    /// <summary>A HAProxy that begins each connection to the balancer with a PROXY header.</summary>
    /// <param name="mode">The keyword of the header (<c>send-proxy</c>, <c>send-proxy-v2</c>) and its options.</param>
    /// <param name="port">The port of the balancer at 127.0.0.1; connections are from 127.0.0.2.</param>
    public static Task<ProxyPeer> StartSender(string mode, int port) => Start("haproxy", (at, _) => $"""
        defaults
          mode tcp
          timeout connect 10s
          timeout client 30s
          timeout server 30s
        listen users
          bind {at}
          unique-id-format abc
          server balancer 127.0.0.1:{port} {mode} source 127.0.0.2

        """);

    /// <summary>
    /// A HAProxy or an nginx that requires a PROXY header on each connection, and passes requests on with the address
    /// and port of the header in <c>X-Seen</c>.
    /// </summary>
    public static Task<ProxyPeer> StartReceiver(string name, int port) => Start(name, (at, folder) => name == "haproxy"
        ? $$"""
            defaults
              mode http
              timeout connect 10s
              timeout client 30s
              timeout server 30s
              timeout tunnel 30s
            listen node
              bind {{at}} accept-proxy
              http-request set-header X-Seen %[src]:%[src_port]
              server node 127.0.0.1:{{port}}

            """
        : $$"""
            daemon off;
            master_process off;
            pid {{folder}}/nginx.pid;
            error_log stderr;
            events { worker_connections 256; }
            http {
              access_log off;
              client_body_temp_path {{folder}}/body;
              proxy_temp_path {{folder}}/proxy;
              fastcgi_temp_path {{folder}}/fastcgi;
              scgi_temp_path {{folder}}/scgi;
              uwsgi_temp_path {{folder}}/uwsgi;
              server {
                listen {{at}} proxy_protocol;
                location / {
                  proxy_pass http://127.0.0.1:{{port}};
                  proxy_http_version 1.1;
                  proxy_set_header Upgrade $http_upgrade;
                  proxy_set_header Connection $http_connection;
                  proxy_set_header X-Seen $proxy_protocol_addr:$proxy_protocol_port;
                }
              }
            }

            """);

    public async ValueTask DisposeAsync()
    {
        await _process.DisposeAsync();
        _folder.Delete(recursive: true);
    }

    private static async Task<ProxyPeer> Start(string name, Func<IPEndPoint, DirectoryInfo, string> config)
    {
        var program = InteropClient.FindOnPath(name, name);
        var folder = Directory.CreateTempSubdirectory("wsbalancer-");
        var file = Path.Combine(folder.FullName, $"{name}.conf");
        var endPoint = LoopbackAddress.NextFree();
        await File.WriteAllTextAsync(file, config(endPoint, folder));
        string[] arguments = name == "haproxy"
            ? ["-db", "-f", file]
            : ["-e", "stderr", "-c", file];
        var peer = new ProxyPeer(folder, endPoint, RunningProcess.Start(name, program, arguments));
        try
        {
            await Deadline.Until($"{name} listens", peer.IsListening, () => peer._process.Output);
            return peer;
        }
        catch
        {
            await peer.DisposeAsync();
            throw;
        }
    }

    private async Task<bool> IsListening()
    {
        Assert.False(_process.HasEnded, $"It ended:\n{_process.Output}");
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        try
        {
            await socket.ConnectAsync(EndPoint, TestContext.Current.CancellationToken);
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }
}
