using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using Microsoft.Extensions.Logging;

namespace WsBalancer.Proxy.Sockets;

/// <summary>
/// Addresses of nodes by name. A handshake waits for a resolver only the first time; after that names are resolved anew
/// in the background, and the last good answer is kept while the resolver has none.
/// </summary>
internal sealed class NameCache(TimeProvider time, ILogger<NameCache> logger)
{
    private static readonly TimeSpan Fresh = TimeSpan.FromSeconds(30);

    private readonly ConcurrentDictionary<string, Entry> _entries = new(StringComparer.OrdinalIgnoreCase);

    /// <summary>The addresses of a host: itself, if it is an address.</summary>
    /// <exception cref="SocketException">The name has never been resolved, and cannot be now.</exception>
    public async ValueTask<IPAddress[]> FindAsync(string host, CancellationToken cancellation)
    {
        if (IPAddress.TryParse(host, out var address))
        {
            return [address];
        }

        if (!_entries.TryGetValue(host, out var entry))
        {
            var addresses = await Dns.GetHostAddressesAsync(host, cancellation);
            entry = _entries.GetOrAdd(host, new Entry { Addresses = addresses, ResolvedAt = time.GetTimestamp() });
        }

        if (time.GetElapsedTime(entry.ResolvedAt) > Fresh && entry.TryBeginRefresh())
        {
            _ = RefreshAsync(host, entry);
        }

        return entry.Addresses;
    }

    private async Task RefreshAsync(string host, Entry entry)
    {
        try
        {
            entry.Addresses = await Dns.GetHostAddressesAsync(host, CancellationToken.None);
            entry.Failing = false;
        }
        catch (SocketException ex)
        {
            // Said once for each time that the resolver stops answering, not every 30 s.
            if (!entry.Failing)
            {
                SocketsLog.NameNotResolved(logger, host, ex.SocketErrorCode);
            }

            entry.Failing = true;
        }
        finally
        {
            entry.ResolvedAt = time.GetTimestamp();
            entry.EndRefresh();
        }
    }

    private sealed class Entry
    {
        private int _refreshing;

        public required volatile IPAddress[] Addresses;

        public long ResolvedAt { get; set; }

        public bool Failing { get; set; }

        public bool TryBeginRefresh() => Interlocked.Exchange(ref _refreshing, 1) == 0;

        public void EndRefresh() => Volatile.Write(ref _refreshing, 0);
    }
}
