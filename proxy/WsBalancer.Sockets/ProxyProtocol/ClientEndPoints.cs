using System.Net;

namespace WsBalancer.Sockets.ProxyProtocol;

/// <summary>The two addresses of a client's connection.</summary>
/// <param name="Source">The address of the client; null if the connection has none.</param>
/// <param name="Destination">The address that the client connected to; null if the connection has none.</param>
internal sealed record ClientEndPoints(EndPoint? Source, EndPoint? Destination);
