using System.Collections.Concurrent;
using WsBalancer.BackendSample.Messaging;

namespace WsBalancer.BackendSample.Channels;

/// <summary>Stores messages in the memory of this node, for a node that is not connected to others.</summary>
internal sealed class LocalStore(HistoryOptions history, TimeProvider time) : IMessageStore
{
    private readonly ConcurrentDictionary<string, Log> _logs = new(StringComparer.Ordinal);

    /// <summary>The channels in the order in which they expire, so that no scan of all is needed.</summary>
    private readonly ConcurrentQueue<Log> _expiring = new();

    /// <summary>Receives the frame of each new message, in the order of the channel.</summary>
    public event Action<string, ReadOnlyMemory<byte>>? Appended;

    /// <summary>The number of channels with stored messages.</summary>
    public int Count => _logs.Count;

    public Task<AppendResult> AppendAsync(string channel, string sender, string id, ReadOnlyMemory<byte> message)
    {
        Expire();
        while (true)
        {
            var log = Find(channel);
            lock (log)
            {
                if (!log.IsExpired)
                {
                    return Task.FromResult(new AppendResult(AppendOutcome.Stored, Append(log, (sender, id), message)));
                }
            }
        }
    }

    public Task<ChannelWindow?> ReadAsync(string channel, long after, ChannelPosition? delivered)
    {
        var log = Find(channel);
        lock (log)
        {
            return Task.FromResult<ChannelWindow?>(new ChannelWindow(
                log.Top, [.. log.Messages.SkipWhile(message => message.Position.Offset <= after)]));
        }
    }

    private ChannelPosition Append(Log log, (string Sender, string Id) key, ReadOnlyMemory<byte> message)
    {
        if (log.Ids.TryGetValue(key, out var known))
        {
            return known;
        }

        log.Top = log.Top with { Offset = log.Top.Offset + 1 };
        log.Ids.Add(key, log.Top);
        log.Messages.Enqueue(new StoredMessage(log.Top, message));
        log.Keys.Enqueue(key);
        log.ChangedAt = time.GetTimestamp();
        if (log.Messages.Count > history.Size)
        {
            log.Messages.Dequeue();
            log.Ids.Remove(log.Keys.Dequeue());
        }

        Appended?.Invoke(log.Channel, ChannelFrame.Stored(log.Top, message));
        return log.Top;
    }

    private Log Find(string channel) => _logs.GetOrAdd(channel, name =>
    {
        var log = new Log(name) { ChangedAt = time.GetTimestamp(), QueuedAt = time.GetTimestamp() };
        _expiring.Enqueue(log);
        return log;
    });

    private void Expire()
    {
        while (_expiring.TryPeek(out var oldest) && time.GetElapsedTime(oldest.QueuedAt) >= history.Lifetime
            && _expiring.TryDequeue(out var log))
        {
            lock (log)
            {
                log.IsExpired = time.GetElapsedTime(log.ChangedAt) >= history.Lifetime;
                log.QueuedAt = log.ChangedAt;
            }

            if (log.IsExpired)
            {
                _logs.TryRemove(KeyValuePair.Create(log.Channel, log));
            }
            else
            {
                _expiring.Enqueue(log);
            }
        }
    }

    /// <summary>The stored messages of one channel. Its lock protects it.</summary>
    private sealed class Log(string channel)
    {
        public string Channel { get; } = channel;

        public Queue<StoredMessage> Messages { get; } = new();

        public Queue<(string Sender, string Id)> Keys { get; } = new();

        public Dictionary<(string Sender, string Id), ChannelPosition> Ids { get; } = [];

        public ChannelPosition Top { get; set; } = new(Epoch.Create(), 0);

        public long ChangedAt { get; set; }

        public long QueuedAt { get; set; }

        public bool IsExpired { get; set; }
    }
}
