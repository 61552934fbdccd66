using System.IO.Hashing;
using System.Runtime.InteropServices;
using System.Text;
using WsBalancer.Proxy.Tunnels;

namespace WsBalancer.Proxy.Closing;

/// <summary>
/// Users in the order in which their tunnels are closed: that of a hash of user and operation. The order prefers no
/// user, is the same at every balancer, and distributes the clients evenly over the nodes to which they reconnect. Not
/// thread-safe.
/// </summary>
internal sealed class ClosingQueue(string operation)
{
    private readonly long _seed = (long)XxHash3.HashToUInt64(Encoding.UTF8.GetBytes(operation));
    private Entry[] _entries = [];
    private int _next;

    /// <summary>The tunnels of the users in the queue, as of the last fill.</summary>
    public int Remaining { get; private set; }

    public bool IsEmpty => _next == _entries.Length;

    /// <summary>Replaces the content of the queue.</summary>
    public void Fill(IEnumerable<Tunnel> tunnels)
    {
        var users = new Dictionary<(string Cluster, string Key), Entry>();
        Remaining = 0;
        foreach (var tunnel in tunnels)
        {
            var identity = tunnel.Identity;
            var key = (identity.Node.Cluster, identity.User ?? identity.Id);
            ref var entry = ref CollectionsMarshal.GetValueRefOrAddDefault(users, key, out var isKnown);
            entry = isKnown
                ? entry with { Tunnels = entry.Tunnels + 1 }
                : new Entry(OrderOf(key.Item2), new ClosingUser(tunnel), 1);
            Remaining++;
        }

        _entries = [.. users.Values];
        Array.Sort(_entries, static (a, b) => a.Order.CompareTo(b.Order));
        _next = 0;
    }

    /// <summary>Removes and returns the next user; null if the queue is empty.</summary>
    public ClosingUser? Take()
    {
        if (IsEmpty)
        {
            return null;
        }

        var entry = _entries[_next++];
        Remaining -= entry.Tunnels;
        return entry.User;
    }

    private ulong OrderOf(string user) => XxHash3.HashToUInt64(MemoryMarshal.AsBytes(user.AsSpan()), _seed);

    private readonly record struct Entry(ulong Order, ClosingUser User, int Tunnels);
}

/// <summary>A user, whose tunnels are closed together; or one tunnel without a user.</summary>
internal readonly record struct ClosingUser(Tunnel Any)
{
    /// <summary>The user's tunnels as they are now.</summary>
    public IReadOnlyList<Tunnel> TunnelsIn(TunnelRegistry tunnels) =>
        Any.Identity.User is { } user ? tunnels.Of(Any.Identity.Node.Cluster, user) : [Any];
}
