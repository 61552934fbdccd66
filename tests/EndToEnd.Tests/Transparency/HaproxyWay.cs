using System.Net;
using WsBalancer.EndToEnd.Tests.Peers;

namespace WsBalancer.EndToEnd.Tests.Transparency;

/// <summary>A HAProxy in front of one node.</summary>
public sealed class HaproxyWay : PeerWay
{
    internal override Peers Peer => Peers.Haproxy;

    protected override string Program => "haproxy";

    private protected override Task<PeerBalancer> Start(IPEndPoint listen, int node) => PeerBalancer.StartHaproxy(
        folder => Config(folder, listen, node));

    private static string Config(DirectoryInfo folder, IPEndPoint listen, int node) => $"""
        defaults
          mode http
          option forwardfor
          timeout connect 10s
          timeout client 1m
          timeout server 1m
          timeout tunnel 1h
        frontend users
          bind unix@{PeerBalancer.SocketIn(folder)}
          bind {listen}
          acl named hdr(host),field(1,:) -i named.example
          http-request set-header X-Route named if named
          default_backend chat
        backend chat
          server a 127.0.0.1:{node}

        """;
}
