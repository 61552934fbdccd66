using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using Microsoft.Extensions.Logging;

namespace WsBalancer.Sockets.Names;

/// <summary>
/// The addresses of hosts by name. A connect waits for the resolver only the first time: names in use are refreshed in
/// the background, so that no answer is older than 30 s, and the last answer is kept while the resolver fails.
/// </summary>
internal sealed class NameCache(INameResolver resolver, TimeProvider time, ILogger<NameCache> logger) : IDisposable
{
    private readonly ConcurrentDictionary<string, KnownName> _names = new(StringComparer.OrdinalIgnoreCase);

    /// <summary>The addresses of a host, which is a name or an IP address.</summary>
    /// <exception cref="SocketException">The name was never resolved before, and the resolver has failed.</exception>
    public ValueTask<HostAddresses> FindAsync(string host, CancellationToken cancellation)
    {
        if (IPAddress.TryParse(host, out var address))
        {
            return new ValueTask<HostAddresses>(new HostAddresses([address], name: null));
        }

        var name = _names.GetOrAdd(
            host,
            static (host, cache) => cache.Create(host),
            this);
        return name.TryUse(out var addresses)
            ? new ValueTask<HostAddresses>(addresses)
            : name.ResolveAsync(cancellation);
    }

    /// <summary>Whether a former address of a name is in its latest answer. True for a host that is an
    /// address.</summary>
    public bool Has(string host, IPAddress address) =>
        !_names.TryGetValue(host, out var name) || name.Has(address);

    public void Dispose()
    {
        foreach (var name in _names.Values)
        {
            name.Dispose();
        }
    }

    private KnownName Create(string host) => new(host, resolver, time, logger, Forget);

    private void Forget(KnownName name)
    {
        _names.TryRemove(KeyValuePair.Create(name.Host, name));
        name.Dispose();
    }
}
