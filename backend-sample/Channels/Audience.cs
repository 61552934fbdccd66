using System.Buffers;
using System.Collections.Concurrent;
using WsBalancer.BackendSample.Messaging;

namespace WsBalancer.BackendSample.Channels;

/// <summary>The members on this node that receive the messages of each channel.</summary>
/// <remarks>
/// Subscribe to a channel before members join it: a read of the stored messages has no gap to the received ones only if
/// all messages after the read are received.
/// </remarks>
internal sealed class Audience(IMessageStore store)
{
    /// <summary>The most channels that are read at once after the store was unavailable.</summary>
    private const int Batch = 512;

    private readonly ConcurrentDictionary<string, LocalChannel> _channels = new(StringComparer.Ordinal);

    /// <summary>Channels whose members wait for a read that cannot be made now.</summary>
    private readonly ConcurrentDictionary<LocalChannel, byte> _suspended = new();

    /// <summary>Receives each notice that users of a channel's room have changed. No handler may throw.</summary>
    public event Action<string, ReadOnlyMemory<byte>>? PresenceChanged;

    /// <summary>The origin of messages that the members on this node have received before the bus.</summary>
    public NodeOrigin Origin { get; } = NodeOrigin.Create();

    /// <summary>The channels that have members.</summary>
    public IEnumerable<LocalChannel> Channels => _channels.Values;

    /// <summary>Adds a member. The member receives the greeting before any message of the channel.</summary>
    public void Add(string channel, IAudienceMember member, Delivery greeting)
    {
        while (!Find(channel).TryAdd(member, greeting))
        {
            // The channel was closed before it was locked: retry with a new one.
        }
    }

    /// <summary>
    /// Adds a member that expects stored messages while the store is not available: when it is available again, the
    /// member is notified of the gap.
    /// </summary>
    public void AddSuspended(string channel, IAudienceMember member, Delivery greeting)
    {
        LocalChannel local;
        bool mustRead;
        do
        {
            local = Find(channel);
        }
        while (!local.TryAddLost(member, greeting, out mustRead));

        if (mustRead)
        {
            Keep(local);
        }
    }

    /// <summary>
    /// Adds a member that has the stored messages up to a position. The member receives the greeting, then the messages
    /// after that position, and then those that are published from now on.
    /// </summary>
    /// <returns>False if the store is not available: then the member is not added.</returns>
    public async Task<bool> RecoverAsync(string channel, ChannelWaiter waiter)
    {
        ChannelReading? reading;
        LocalChannel local;
        bool mustRead;
        do
        {
            local = Find(channel);
            reading = local.Wait(waiter, out mustRead);
        }
        while (reading is null);

        if (mustRead || _suspended.TryRemove(local, out _))
        {
            await ReadAsync(local);
        }

        var isRecovered = await reading.Settled;
        if (!isRecovered)
        {
            // The channel may have been created for this waiter alone.
            Remove(channel, waiter.Member);
        }

        return isRecovered;
    }

    public void Remove(string channel, IAudienceMember member)
    {
        if (_channels.TryGetValue(channel, out var local) && local.Remove(member))
        {
            _channels.TryRemove(KeyValuePair.Create(channel, local));
            _suspended.TryRemove(local, out _);
        }
    }

    /// <summary>
    /// Posts a message from the bus to every member, unless it returns to its origin. All members receive the messages
    /// of a channel in the same order.
    /// </summary>
    public void Deliver(string channel, ReadOnlyMemory<byte> frame)
    {
        if (_channels.TryGetValue(channel, out var local))
        {
            Deliver(local, ChannelFrame.Parse(frame), floor: null);
        }
    }

    /// <inheritdoc cref="Deliver(string, ReadOnlyMemory{byte})"/>
    public void Deliver(ReadOnlySpan<char> channel, ReadOnlySequence<byte> frame)
    {
        // Half of the messages on the bus may be this node's own: those need no copy.
        if (ChannelFrame.OriginOf(frame.FirstSpan) != Origin
            && _channels.GetAlternateLookup<ReadOnlySpan<char>>().TryGetValue(channel, out var local))
        {
            Deliver(local, ChannelFrame.Parse(frame.ToArray()), floor: null);
        }
    }

    /// <inheritdoc cref="Deliver(string, ReadOnlyMemory{byte})"/>
    /// <param name="channel">The channel.</param>
    /// <param name="frame">The message.</param>
    /// <param name="floor">
    /// The position after which members without one need the stored messages; null if the bus keeps their order, so
    /// that the first one has no missing messages before it.
    /// </param>
    public void Deliver(string channel, ChannelFrame frame, ChannelPosition? floor)
    {
        if (_channels.TryGetValue(channel, out var local))
        {
            Deliver(local, frame, floor);
        }
    }

    /// <summary>
    /// Notes that messages may have been lost: stored ones are held until <see cref="ResumeAsync"/> finds the missing.
    /// </summary>
    public void Suspend()
    {
        foreach (var local in _channels.Values)
        {
            if (local.Suspend())
            {
                Keep(local);
            }
        }
    }

    /// <summary>Reads the suspended channels, until the store is not available again.</summary>
    public async Task ResumeAsync()
    {
        foreach (var batch in _suspended.Keys.Chunk(Batch))
        {
            var reads = await Task.WhenAll(
                batch.Where(local => _suspended.TryRemove(local, out _)).Select(ReadAsync));
            if (reads is [_, ..] && !reads.Contains(true))
            {
                return;
            }
        }
    }

    private LocalChannel Find(string channel) => _channels.GetOrAdd(channel, static name => new LocalChannel(name));

    private void Keep(LocalChannel local)
    {
        _suspended.TryAdd(local, 0);
        if (local.IsClosed)
        {
            _suspended.TryRemove(local, out _);
        }
    }

    private void Deliver(LocalChannel local, ChannelFrame frame, ChannelPosition? floor)
    {
        if (frame.Origin == Origin)
        {
            return;
        }

        if (frame.IsPresence)
        {
            PresenceChanged?.Invoke(local.Name, frame.Message);
        }
        else if (frame.Position is not { } position)
        {
            var priority = frame.IsEphemeral ? Priority.Ephemeral : Delivery.PriorityOf(local.Name);
            local.Deliver(Delivery.Plain(frame.Message, priority));
        }
        else if (local.Receive(new StoredMessage(position, frame.Message), floor))
        {
            // The bus must deliver the next message without a wait, and a read never fails with an exception.
            _ = ReadAsync(local);
        }
    }

    /// <returns>Whether the store was available.</returns>
    private async Task<bool> ReadAsync(LocalChannel local)
    {
        ChannelWindow? window;
        bool isAgain;
        do
        {
            var (after, delivered) = local.BeginRead();
            window = await store.ReadAsync(local.Name, after, delivered);
            isAgain = local.Settle(window);
        }
        while (isAgain && window is not null);

        if (isAgain)
        {
            Keep(local);
        }

        return window is not null;
    }
}
