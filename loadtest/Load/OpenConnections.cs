namespace WsBalancer.LoadTest.Load;

/// <summary>
/// The currently open connections, and whose turn it is to send. Thread-safe; every call is O(1) except
/// <see cref="Snapshot"/>.
/// </summary>
internal sealed class OpenConnections
{
    private readonly Lock _gate = new();
    private readonly List<LoadConnection> _open = [];
    private readonly Dictionary<LoadConnection, int> _places = [];
    private int _next;

    public int Count
    {
        get
        {
            lock (_gate)
            {
                return _open.Count;
            }
        }
    }

    public int Peak { get; private set; }

    public void Add(LoadConnection connection)
    {
        lock (_gate)
        {
            _places.Add(connection, _open.Count);
            _open.Add(connection);
            Peak = Math.Max(Peak, _open.Count);
        }
    }

    public void Remove(LoadConnection connection)
    {
        lock (_gate)
        {
            if (!_places.Remove(connection, out var place))
            {
                return;
            }

            // The last connection of the list moves into the gap.
            var last = _open[^1];
            _open.RemoveAt(_open.Count - 1);
            if (last != connection)
            {
                _open[place] = last;
                _places[last] = place;
            }
        }
    }

    /// <summary>Returns the connections in turn; null if none is open.</summary>
    public LoadConnection? Next()
    {
        lock (_gate)
        {
            if (_open.Count == 0)
            {
                return null;
            }

            _next = _next + 1 < _open.Count ? _next + 1 : 0;
            return _open[_next];
        }
    }

    public IReadOnlyList<LoadConnection> Snapshot()
    {
        lock (_gate)
        {
            return [.. _open];
        }
    }
}
