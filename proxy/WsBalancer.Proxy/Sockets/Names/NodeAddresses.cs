using System.Net;

namespace WsBalancer.Proxy.Sockets.Names;

/// <summary>Where a node can be connected to.</summary>
/// <param name="order">At least one address, in the order in which they are tried.</param>
/// <param name="name">The name that they belong to; null if the node is given by its address.</param>
internal readonly struct NodeAddresses(IPAddress[] order, KnownName? name)
{
    // RFC 8305 §5: long enough for a handshake with a node that is far away, short enough for nobody to notice.
    private static readonly TimeSpan LongestDelay = TimeSpan.FromMilliseconds(250);

    public int Count => order.Length;

    public IPAddress this[int index] => order[index];

    /// <summary>
    /// How long an address may stay silent before the next one is tried beside it: 250 ms, or less if the time does not
    /// suffice to try each address.
    /// </summary>
    public TimeSpan DelayWithin(TimeSpan timeout) =>
        timeout < LongestDelay * order.Length ? timeout / order.Length : LongestDelay;

    /// <summary>Remembers an address that accepted a connection.</summary>
    public void Connected(IPAddress address) => name?.Connected(address);
}
