using System.Net;

namespace WsBalancer.Sockets.Names;

/// <summary>The addresses of a host.</summary>
/// <param name="order">At least one address, in the order in which they are tried.</param>
/// <param name="name">The name of these addresses; null if the host is an address.</param>
internal readonly struct HostAddresses(IPAddress[] order, KnownName? name)
{
    // The recommended delay of RFC 8305 §5.
    private static readonly TimeSpan LongestDelay = TimeSpan.FromMilliseconds(250);

    public int Count => order.Length;

    public IPAddress this[int index] => order[index];

    /// <summary>
    /// The delay after which the next address is tried in parallel: 250 ms, or less if the timeout is too short to try
    /// each address.
    /// </summary>
    public TimeSpan DelayWithin(TimeSpan timeout) =>
        timeout < LongestDelay * order.Length ? timeout / order.Length : LongestDelay;

    /// <summary>Remembers an address that accepted a connection.</summary>
    public void Connected(IPAddress address) => name?.Connected(address);
}
