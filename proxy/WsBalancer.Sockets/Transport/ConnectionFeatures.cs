using System.Collections;
using Microsoft.AspNetCore.Http.Features;

namespace WsBalancer.Sockets.Transport;

/// <summary>
/// The features of a connection. There are about a dozen, and the connection itself implements most of them, so a
/// linear search is faster than a dictionary, and an array is smaller.
/// </summary>
internal sealed class ConnectionFeatures : IFeatureCollection
{
    // The server adds five features, TLS some more.
    private const int Added = 6;

    private KeyValuePair<Type, object>[] _entries;
    private int _count;

    /// <param name="keys">The features that the connection implements.</param>
    /// <param name="connection">The connection.</param>
    public ConnectionFeatures(ReadOnlySpan<Type> keys, object connection)
    {
        _entries = new KeyValuePair<Type, object>[keys.Length + Added];
        foreach (var key in keys)
        {
            _entries[_count++] = new(key, connection);
        }
    }

    public bool IsReadOnly => false;

    public int Revision { get; private set; }

    public object? this[Type key]
    {
        get => IndexOf(key) is var index and >= 0 ? _entries[index].Value : null;
        set => Set(key, value);
    }

    public TFeature? Get<TFeature>() => (TFeature?)this[typeof(TFeature)];

    public void Set<TFeature>(TFeature? instance) => Set(typeof(TFeature), instance);

    public IEnumerator<KeyValuePair<Type, object>> GetEnumerator() => _entries.Take(_count).GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    private void Set(Type key, object? value)
    {
        Revision++;
        var index = IndexOf(key);
        if (value is null)
        {
            Remove(index);
        }
        else if (index >= 0)
        {
            _entries[index] = new(key, value);
        }
        else
        {
            Add(new(key, value));
        }
    }

    private int IndexOf(Type key)
    {
        for (var i = 0; i < _count; i++)
        {
            if (_entries[i].Key == key)
            {
                return i;
            }
        }

        return -1;
    }

    private void Add(KeyValuePair<Type, object> entry)
    {
        if (_count == _entries.Length)
        {
            Array.Resize(ref _entries, 2 * _count);
        }

        _entries[_count++] = entry;
    }

    private void Remove(int index)
    {
        if (index >= 0)
        {
            _entries[index] = _entries[--_count];
            _entries[_count] = default;
        }
    }
}
