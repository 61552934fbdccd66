using System.Net;
using System.Net.Sockets;

namespace WsBalancer.Sockets.Names;

/// <summary>Resolves the names of hosts.</summary>
internal interface INameResolver
{
    /// <summary>The addresses of a name, in the order of preference.</summary>
    /// <exception cref="SocketException">The name has no address, or the resolver did not answer.</exception>
    public Task<IPAddress[]> ResolveAsync(string host, CancellationToken cancellation);
}

/// <summary>The resolver of the system: its hosts file, DNS, and the order of RFC 6724.</summary>
internal sealed class SystemNameResolver : INameResolver
{
    public Task<IPAddress[]> ResolveAsync(string host, CancellationToken cancellation) =>
        Dns.GetHostAddressesAsync(host, cancellation);
}
