using System.Net;

namespace WsBalancer.Proxy.Tunnels;

/// <summary>The handshake of a tunnel.</summary>
/// <param name="Client">The client's address.</param>
/// <param name="Path">The path of the request, without its query.</param>
/// <param name="TraceId">The W3C trace id of the request, if it had one.</param>
/// <param name="Attempts">The attempts to reach a node.</param>
/// <param name="Handshake">From the request to the 101, with every attempt.</param>
/// <param name="IsLogged">Whether the end of the tunnel is written to the access log.</param>
internal sealed record TunnelOrigin(
    IPAddress? Client, string Path, string? TraceId, AttemptTimes Attempts, TimeSpan Handshake, bool IsLogged);

/// <summary>The attempts of a request to reach a node.</summary>
/// <param name="Count">The number of attempts.</param>
/// <param name="Connect">How long the connect of the last attempt took; null if the attempt did not connect.</param>
/// <param name="FirstByte">From the connect to the head of the node's answer; null without an answer.</param>
internal readonly record struct AttemptTimes(int Count, TimeSpan? Connect, TimeSpan? FirstByte);
