using System.Collections.Concurrent;
using System.Globalization;
using WsBalancer.BackendSample.Messaging;

namespace WsBalancer.BackendSample.Channels;

/// <summary>Stores messages in the memory of this node, for a node that is not connected to others.</summary>
internal sealed class LocalStore(HistoryOptions history, TimeProvider time) : IMessageStore
{
    private readonly ConcurrentDictionary<string, LocalLog> _logs = new(StringComparer.Ordinal);

    /// <summary>The logs in the order of their next visit, so that no scan of all is needed.</summary>
    private readonly ConcurrentQueue<(LocalLog Log, long VisitedAt)> _visits = new();

    private readonly string _epoch = Epoch.Create();
    private readonly long _startedAt = time.GetTimestamp();

    /// <summary>Receives the frame of each new message, in the order of the channel.</summary>
    public event Action<string, ReadOnlyMemory<byte>>? Appended;

    /// <summary>The number of channels with a log.</summary>
    public int Count => _logs.Count;

    /// <summary>
    /// The epoch of the channels without a log, so that a read need not create one. An epoch lasts at least as long as
    /// the period that names it, so a channel whose epoch has ended never gets the same one again.
    /// </summary>
    private string EpochOfPeriod => string.Create(
        CultureInfo.InvariantCulture, $"{_epoch}{time.GetElapsedTime(_startedAt).Ticks / history.EpochLifetime.Ticks}");

    public Task<AppendResult> AppendAsync(string channel, string sender, string id, ReadOnlyMemory<byte> message)
    {
        Expire();
        while (true)
        {
            var log = Find(channel);
            lock (log)
            {
                if (!log.Expire())
                {
                    var (position, isNew) = log.Append(sender, id, message);
                    if (isNew)
                    {
                        Appended?.Invoke(channel, ChannelFrame.Stored(position, message));
                    }

                    return Task.FromResult(new AppendResult(AppendOutcome.Stored, position));
                }
            }

            Remove(log);
        }
    }

    public Task<ChannelWindow?> ReadAsync(string channel, long after, ChannelPosition? delivered)
    {
        Expire();
        if (_logs.TryGetValue(channel, out var log))
        {
            lock (log)
            {
                if (!log.Expire())
                {
                    return Task.FromResult<ChannelWindow?>(log.Read(after));
                }
            }
        }

        return Task.FromResult<ChannelWindow?>(new ChannelWindow(new ChannelPosition(EpochOfPeriod, 0), []));
    }

    private LocalLog Find(string channel)
    {
        if (_logs.TryGetValue(channel, out var known))
        {
            return known;
        }

        var log = new LocalLog(channel, EpochOfPeriod, history, time);
        if (!_logs.TryAdd(channel, log))
        {
            return Find(channel);
        }

        _visits.Enqueue((log, time.GetTimestamp()));
        return log;
    }

    private void Remove(LocalLog log) => _logs.TryRemove(KeyValuePair.Create(log.Channel, log));

    private void Expire()
    {
        while (_visits.TryPeek(out var next) && time.GetElapsedTime(next.VisitedAt) >= history.Lifetime
            && _visits.TryDequeue(out var visit))
        {
            if (IsExpired(visit.Log))
            {
                Remove(visit.Log);
            }
            else
            {
                _visits.Enqueue((visit.Log, time.GetTimestamp()));
            }
        }
    }

    // A log in use is not waited for: an append delivers with the lock, and may read, and visit others, in that time.
    private static bool IsExpired(LocalLog log)
    {
        if (!Monitor.TryEnter(log))
        {
            return false;
        }

        try
        {
            return log.Expire();
        }
        finally
        {
            Monitor.Exit(log);
        }
    }
}
