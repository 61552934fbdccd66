using System.IO.Hashing;
using System.Runtime.InteropServices;
using System.Text;
using WsBalancer.Proxy.Tunnels;

namespace WsBalancer.Proxy.Moving;

/// <summary>
/// Users in the order in which their tunnels are closed: that of a hash of user and operation. It is nobody's own, the
/// same at every balancer, and fills the nodes that they come back to evenly. Not thread-safe.
/// </summary>
internal sealed class ClosingQueue(string operation)
{
    private readonly long _seed = (long)XxHash3.HashToUInt64(Encoding.UTF8.GetBytes(operation));
    private Entry[] _entries = [];
    private int _next;

    /// <summary>Tunnels of the users that are left, as of the last fill.</summary>
    public int Remaining { get; private set; }

    public bool IsEmpty => _next == _entries.Length;

    /// <summary>Begins anew with these.</summary>
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

    /// <summary>Takes out the next user; null if there is none.</summary>
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

/// <summary>Whose tunnels are closed together. One without a user is alone.</summary>
internal readonly record struct ClosingUser(Tunnel Any)
{
    /// <summary>The user's tunnels as they are now.</summary>
    public IReadOnlyList<Tunnel> TunnelsIn(TunnelRegistry tunnels) =>
        Any.Identity.User is { } user ? tunnels.Of(Any.Identity.Node.Cluster, user) : [Any];
}
