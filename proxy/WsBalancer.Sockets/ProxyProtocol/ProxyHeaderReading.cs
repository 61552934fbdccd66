using System.Net;

namespace WsBalancer.Sockets.ProxyProtocol;

/// <summary>The result of reading the first bytes of a connection.</summary>
/// <param name="Status">Whether the bytes are a header.</param>
/// <param name="Length">How many of the bytes are the header, once it is complete.</param>
/// <param name="Source">The address of the client; null if the peer of the connection is the client.</param>
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

/// <summary>Whether the first bytes of a connection are a PROXY header.</summary>
internal enum ProxyHeaderStatus
{
    /// <summary>The bytes are the beginning of a header.</summary>
    Incomplete,

    /// <summary>The bytes are, or begin with, a header.</summary>
    Complete,

    /// <summary>The bytes are not a header.</summary>
    Missing,

    /// <summary>The bytes begin like a header, and are invalid.</summary>
    Malformed,
}
