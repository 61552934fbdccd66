using System.Net;
using WsBalancer.EndToEnd.Tests.Peers;

namespace WsBalancer.EndToEnd.Tests.Transparency;

/// <summary>An nginx in front of one node.</summary>
public sealed class NginxWay : PeerWay
{
    internal override Peers Peer => Peers.Nginx;

    protected override string Program => "nginx";

    private protected override Task<PeerBalancer> Start(IPEndPoint listen, int node) => PeerBalancer.StartNginx(
        folder => Config(folder, listen, node));

    private static string Config(DirectoryInfo folder, IPEndPoint listen, int node) => $$"""
        map $http_upgrade $connection_upgrade { default upgrade; '' close; }
        upstream chat {
          server 127.0.0.1:{{node}};
        }
        proxy_http_version 1.1;
        proxy_set_header Upgrade $http_upgrade;
        proxy_set_header Connection $connection_upgrade;
        proxy_set_header Host $http_host;
        proxy_set_header X-Real-IP $remote_addr;
        proxy_set_header X-Forwarded-For $proxy_add_x_forwarded_for;
        proxy_set_header X-Forwarded-Proto $scheme;
        proxy_buffering off;
        proxy_request_buffering off;
        proxy_read_timeout 1h;
        client_max_body_size 100m;
        server {
          listen unix:{{PeerBalancer.SocketIn(folder)}};
          listen {{listen}};
          location / { proxy_pass http://chat; }
        }
        server {
          listen unix:{{PeerBalancer.SocketIn(folder)}};
          listen {{listen}};
          server_name named.example;
          proxy_set_header Upgrade $http_upgrade;
          proxy_set_header Connection $connection_upgrade;
          proxy_set_header Host $http_host;
          proxy_set_header X-Forwarded-For $proxy_add_x_forwarded_for;
          proxy_set_header X-Route named;
          location / { proxy_pass http://chat; }
        }
        """;
}
