using StackExchange.Redis;
using WsBalancer.BackendSample.Redis;

namespace WsBalancer.BackendSample.Streams;

/// <summary>The streams that a node reads, and how far it has read each.</summary>
internal sealed class StreamSet
{
    private readonly Lock _lock = new();
    private readonly Dictionary<string, StreamEntry> _entries = new(StringComparer.Ordinal);
    private readonly StreamEntry _wake;

    /// <summary>The streams of the last read; null after a change.</summary>
    private Dictionary<string, StreamEntry>? _reading;

    private bool _mustWake = true;

    public StreamSet(string wakeKey) => _wake = new StreamEntry(wakeKey, channel: null, "0-0");

    /// <summary>Adds a channel, to be read after an entry.</summary>
    /// <returns>Whether the current read must be ended, because it does not include the channel.</returns>
    public bool Add(string channel, string id)
    {
        lock (_lock)
        {
            _entries[channel] = new StreamEntry(RedisStore.LiveOf(channel)!, channel, id);
            _reading = null;
            var mustWake = _mustWake;
            _mustWake = false;
            return mustWake;
        }
    }

    public void Remove(string channel)
    {
        lock (_lock)
        {
            if (_entries.Remove(channel, out var entry))
            {
                entry.IsActive = false;
                _reading = null;
            }
        }
    }

    /// <summary>Begins a read of all streams.</summary>
    /// <returns>The arguments of XREAD, and the streams by their keys.</returns>
    public (object[] Arguments, IReadOnlyDictionary<string, StreamEntry> Entries) BeginRead(int count, int block)
    {
        lock (_lock)
        {
            _mustWake = true;
            _reading ??= _entries.Values.Append(_wake).ToDictionary(entry => entry.Key, StringComparer.Ordinal);
            var arguments = new object[5 + (2 * _reading.Count)];
            (arguments[0], arguments[1]) = ("COUNT", count);
            (arguments[2], arguments[3], arguments[4]) = ("BLOCK", block, "STREAMS");
            var place = 5;
            foreach (var entry in _reading.Values)
            {
                arguments[place] = (RedisKey)entry.Key;
                arguments[place++ + _reading.Count] = entry.Id;
            }

            return (arguments, _reading);
        }
    }
}

/// <summary>One stream that a node reads.</summary>
internal sealed class StreamEntry(string key, string? channel, string id)
{
    private volatile bool _isActive = true;

    public string Key { get; } = key;

    /// <summary>The channel; null for the stream whose entries only end a wait.</summary>
    public string? Channel { get; } = channel;

    /// <summary>The last entry that was read.</summary>
    public string Id { get; set; } = id;

    /// <summary>Whether the channel is still subscribed.</summary>
    public bool IsActive
    {
        get => _isActive;
        set => _isActive = value;
    }
}
