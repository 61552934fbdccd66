using WsBalancer.BackendSample.Messaging;

namespace WsBalancer.BackendSample.Channels;

/// <summary>The stored messages of one channel in the memory of this node. Its lock protects it.</summary>
internal sealed class LocalLog(string channel, string epoch, HistoryOptions history, TimeProvider time)
{
    private readonly Queue<StoredMessage> _messages = new();
    private readonly Dictionary<(string Sender, string Id), ChannelPosition> _ids = [];

    /// <summary>The ids with their time stamps, the oldest first.</summary>
    private readonly Queue<((string Sender, string Id) Key, long StoredAt)> _stored = new();

    private long _changedAt = time.GetTimestamp();

    public string Channel { get; } = channel;

    /// <summary>The position of the newest message; offset 0 if there was none.</summary>
    public ChannelPosition Top { get; private set; } = new(epoch, 0);

    /// <summary>Stores a message, unless the sender has stored one with this id.</summary>
    /// <returns>The position, and whether the message was stored now.</returns>
    public (ChannelPosition Position, bool IsNew) Append(string sender, string id, ReadOnlyMemory<byte> message)
    {
        if (_ids.TryGetValue((sender, id), out var known))
        {
            return (known, false);
        }

        Top = Top with { Offset = Top.Offset + 1 };
        _changedAt = time.GetTimestamp();
        _ids.Add((sender, id), Top);
        _stored.Enqueue(((sender, id), _changedAt));
        _messages.Enqueue(new StoredMessage(Top, message));
        if (_messages.Count > history.Size)
        {
            _messages.Dequeue();
        }

        return (Top, true);
    }

    public ChannelWindow Read(long after) =>
        new(Top, [.. _messages.SkipWhile(message => message.Position.Offset <= after)]);

    /// <summary>Removes what is older than its lifetime: messages, ids, and at last the epoch.</summary>
    /// <returns>Whether the epoch has ended.</returns>
    public bool Expire()
    {
        var quiet = time.GetElapsedTime(_changedAt);
        if (quiet >= history.Lifetime)
        {
            _messages.Clear();
            _messages.TrimExcess();
        }

        while (_stored.TryPeek(out var oldest) && time.GetElapsedTime(oldest.StoredAt) >= history.IdLifetime)
        {
            _ids.Remove(_stored.Dequeue().Key);
        }

        if (_ids.Count == 0)
        {
            _ids.TrimExcess();
            _stored.TrimExcess();
        }

        return quiet >= history.EpochLifetime;
    }
}
