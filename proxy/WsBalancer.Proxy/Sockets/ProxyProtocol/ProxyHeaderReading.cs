using System.Net;

namespace WsBalancer.Proxy.Sockets.ProxyProtocol;

/// <summary>What the first bytes of a connection are.</summary>
/// <param name="Status">Whether they are a header.</param>
/// <param name="Length">How many of the bytes are the header, once it is complete.</param>
/// <param name="Source">The client; null if the connection's own address is that of its client.</param>
/// <param name="Destination">The address that the client connected to; null with <paramref name="Source"/>.</param>
internal readonly record struct ProxyHeaderReading(
    ProxyHeaderStatus Status, int Length, IPEndPoint? Source, IPEndPoint? Destination)
{
    public static readonly ProxyHeaderReading Incomplete = new(ProxyHeaderStatus.Incomplete, 0, null, null);
    public static readonly ProxyHeaderReading Missing = new(ProxyHeaderStatus.Missing, 0, null, null);
    public static readonly ProxyHeaderReading Malformed = new(ProxyHeaderStatus.Malformed, 0, null, null);

    public static ProxyHeaderReading Complete(int length, IPEndPoint? source, IPEndPoint? destination) =>
        new(ProxyHeaderStatus.Complete, length, source, destination);
}

/// <summary>Whether the first bytes of a connection are a header.</summary>
internal enum ProxyHeaderStatus
{
    /// <summary>They may become one.</summary>
    Incomplete,

    /// <summary>They are, or begin with, one.</summary>
    Complete,

    /// <summary>They are something else.</summary>
    Missing,

    /// <summary>They begin as one and go on otherwise.</summary>
    Malformed,
}
