using WsBalancer.Proxy.Sockets;
using WsBalancer.Sockets;

namespace WsBalancer.Proxy.Placement.Http;

/// <summary>
/// The idle connections to the nodes of a cluster. A connection is removed when it was idle for too long, when its node
/// has closed it, or when the node's name no longer has its address; the newest is used first, so that the older ones
/// time out. Thread-safe.
/// </summary>
internal sealed class NodeConnectionPool(Func<RequestOptions> options, NodeDialer dialer, TimeProvider time)
{
    private static readonly TimeSpan SweepInterval = TimeSpan.FromSeconds(1);

    private readonly Lock _lock = new();
    private readonly Dictionary<NodeEndpoint, List<Waiting>> _waiting = [];
    private ITimer? _sweep;

    /// <summary>Takes an idle connection that is open; null if there is none.</summary>
    public NodeConnection? Take(NodeEndpoint endpoint)
    {
        while (TakeNewest(endpoint) is { } connection)
        {
            if (connection.IsQuiet && dialer.IsCurrent(endpoint.Host, connection.Socket))
            {
                return connection;
            }

            connection.Dispose();
        }

        return null;
    }

    /// <summary>Keeps a connection whose exchange is complete, or closes it if enough others are idle.</summary>
    public void Return(NodeEndpoint endpoint, NodeConnection connection)
    {
        lock (_lock)
        {
            if (!_waiting.TryGetValue(endpoint, out var waiting))
            {
                _waiting[endpoint] = waiting = [];
            }

            if (waiting.Count < options().IdleConnections)
            {
                waiting.Add(new Waiting(connection, time.GetTimestamp()));
                _sweep ??= time.CreateTimer(
                    static pool => CallbackState.Of<NodeConnectionPool>(pool).Sweep(),
                    this,
                    SweepInterval,
                    SweepInterval);
                return;
            }
        }

        connection.Dispose();
    }

    private NodeConnection? TakeNewest(NodeEndpoint endpoint)
    {
        lock (_lock)
        {
            if (!_waiting.TryGetValue(endpoint, out var waiting) || waiting is not [.., var newest])
            {
                return null;
            }

            waiting.RemoveAt(waiting.Count - 1);
            return newest.Connection;
        }
    }

    private void Sweep()
    {
        var closed = new List<NodeConnection>();
        lock (_lock)
        {
            foreach (var (endpoint, waiting) in _waiting)
            {
                closed.AddRange(waiting.Where(IsOver).Select(one => one.Connection));
                waiting.RemoveAll(one => closed.Contains(one.Connection));
                if (waiting.Count == 0)
                {
                    _waiting.Remove(endpoint);
                }
            }

            // Without connections there is no timer, so that the pool of a removed cluster can be collected.
            if (_waiting.Count == 0)
            {
                _sweep?.Dispose();
                _sweep = null;
            }
        }

        closed.ForEach(static connection => connection.Dispose());
    }

    private bool IsOver(Waiting waiting) =>
        time.GetElapsedTime(waiting.Since) >= options().IdleConnectionTimeout || !waiting.Connection.IsQuiet;

    private readonly record struct Waiting(NodeConnection Connection, long Since);
}
