using WsBalancer.BackendSample.Messaging;

namespace WsBalancer.BackendSample.Channels;

/// <summary>
/// How far the members of one channel on this node have received its stored messages: in order, each once, and every
/// gap signalled. The lock of the channel protects it.
/// </summary>
internal sealed class ChannelProgress(string channel, MemberSet members)
{
    /// <summary>The most messages that are held during a read.</summary>
    private const int MaxHeld = 10_000;

    /// <summary>The position of the last stored message that the members received.</summary>
    private ChannelPosition? _last;

    /// <summary>The position that was read before any stored message was received.</summary>
    private ChannelPosition? _floor;

    /// <summary>Members whose recovery included messages that are still on their way to the others.</summary>
    private Dictionary<IAudienceMember, long>? _ahead;

    /// <summary>The current read; null if there is none.</summary>
    public ChannelReading? Reading { get; private set; }

    /// <summary>The position that the store has had for certain; null if it is not known.</summary>
    public ChannelPosition? Known => _last ?? _floor;

    /// <summary>Sets the position from which the members receive messages, unless it is known.</summary>
    public void SetFloor(ChannelPosition? floor) => _floor = Known ?? floor;

    /// <summary>Begins a read, or takes part in the current one.</summary>
    /// <returns>Whether the caller must start the read.</returns>
    public bool BeginReading(bool isRepair)
    {
        var isNew = Reading is null;
        Reading ??= new ChannelReading();
        if (isRepair)
        {
            Reading.IsRepair = true;
            Reading.MustRepeat |= !isNew;
        }

        return isNew;
    }

    /// <summary>Delivers a stored message, unless messages before it are missing.</summary>
    /// <returns>Whether the caller must start a read.</returns>
    public bool Receive(StoredMessage message)
    {
        Hold(message);
        if (Reading is { IsRepair: true })
        {
            return false;
        }

        if (!Follows(message.Position))
        {
            var mustStart = BeginReading(isRepair: true);
            if (mustStart)
            {
                Reading!.Held.Add(message);
            }

            return mustStart;
        }

        if (_last is null || message.Position.Offset > _last.Value.Offset)
        {
            _last = message.Position;
            Post(new Delivery(channel, message));
        }

        return false;
    }

    /// <summary>Completes the read: the members and the waiters receive what they miss.</summary>
    /// <returns>Whether the caller must start another read.</returns>
    public bool Settle(ChannelWindow window)
    {
        var reading = Reading!;
        if (IsStale(reading, window))
        {
            reading.MustRepeat = false;
            return true;
        }

        Reading = null;
        var deliveries = window.Messages.Select(message => new Delivery(channel, message)).ToList();
        if (reading.IsRepair)
        {
            Repair(window, deliveries);
        }

        foreach (var waiter in reading.Waiters)
        {
            Recover(waiter, window, deliveries);
        }

        var later = reading.Held.FindAll(held =>
            held.Position.Epoch == window.Top.Epoch && held.Position.Offset > window.Top.Offset);
        var mustRead = reading.IsRepair && ReceiveAll(reading, later);
        if (!reading.IsRepair)
        {
            Align(reading, window, deliveries, [.. later.Select(message => new Delivery(channel, message))]);
        }

        reading.Settle(isRead: true);
        return mustRead;
    }

    /// <summary>Ends a read without a result. The members still wait for it if they have missed messages.</summary>
    /// <returns>Whether the read must be started again later.</returns>
    public bool Fail()
    {
        var reading = Reading!;
        Reading = null;
        if (reading.IsRepair)
        {
            Reading = new ChannelReading { IsRepair = true };
            Reading.Held.AddRange(reading.Held);
        }

        reading.Settle(isRead: false);
        return Reading is not null;
    }

    public void Remove(IAudienceMember member) => _ahead?.Remove(member);

    // A read that began before a new epoch does not show it. If the epoch is still absent in a second read, the
    // message with it is older than the epoch of the window.
    private static bool IsStale(ChannelReading reading, ChannelWindow window)
    {
        if (reading.MustRepeat || reading.Waiters.Exists(waiter => IsBefore(waiter, reading, window)))
        {
            return true;
        }

        var isOtherEpoch = reading.Held is [.., var newest] && newest.Position.Epoch != window.Top.Epoch;
        var isStale = isOtherEpoch && !reading.WasRepeated;
        reading.WasRepeated |= isStale;
        return isStale;
    }

    // A waiter that joined the read later may need older messages.
    private static bool IsBefore(ChannelWaiter waiter, ChannelReading reading, ChannelWindow window) =>
        waiter.Since is { } since && since.Epoch == window.Top.Epoch && since.Offset < reading.After;

    private void Hold(StoredMessage message)
    {
        if (Reading is not { } reading)
        {
            return;
        }

        if (reading.Held.Count == MaxHeld)
        {
            // A read that begins later includes them.
            reading.Held.Clear();
            reading.MustRepeat = true;
        }

        reading.Held.Add(message);
    }

    private bool Follows(ChannelPosition position) =>
        Known is not { } known || (known.Epoch == position.Epoch && position.Offset <= known.Offset + 1);

    private void Repair(ChannelWindow window, List<Delivery> deliveries)
    {
        var isSameEpoch = Known is { } known && known.Epoch == window.Top.Epoch && known.Offset <= window.Top.Offset;
        var from = isSameEpoch ? Known!.Value.Offset : window.Top.Offset;
        var missing = isSameEpoch ? window.Top.Offset - window.Messages.Count : window.Top.Offset;
        if (!isSameEpoch)
        {
            _ahead = null;
        }

        if (!isSameEpoch || from < missing)
        {
            Post(Delivery.Gap(channel, new ChannelPosition(window.Top.Epoch, missing)));
        }

        foreach (var delivery in deliveries.Where(delivery => delivery.Position.Offset > from))
        {
            Post(delivery);
        }

        _last = window.Top;
    }

    private static void Recover(ChannelWaiter waiter, ChannelWindow window, List<Delivery> deliveries)
    {
        bool? isRecovered = waiter.Since is { } since ? window.Covers(since) : null;
        waiter.Member.Post(waiter.Greet(window.Top, isRecovered));
        if (isRecovered is true)
        {
            foreach (var delivery in deliveries[^(int)(window.Top.Offset - waiter.Since!.Value.Offset)..])
            {
                waiter.Member.Post(delivery);
            }
        }
    }

    // After a repair, members and waiters have the same position.
    private bool ReceiveAll(ChannelReading reading, List<StoredMessage> later)
    {
        _ahead = null;
        reading.Waiters.ForEach(waiter => members.Add(waiter.Member));
        return later.Aggregate(false, (mustRead, message) => Receive(message) || mustRead);
    }

    // Without a repair, the members have received all held messages, and the waiters none of them.
    private void Align(ChannelReading reading, ChannelWindow window, List<Delivery> deliveries, List<Delivery> later)
    {
        if (Known is { } known && known.Epoch != window.Top.Epoch)
        {
            Repair(window, deliveries);
        }

        foreach (var waiter in reading.Waiters)
        {
            later.ForEach(waiter.Member.Post);
        }

        if (members.Count == 0)
        {
            _last = later is [.., var newest] ? newest.Position : window.Top;
            _ahead = null;
        }
        else if (_last is null || _last.Value.Offset < window.Top.Offset)
        {
            // Messages up to the top are still on their way to the members.
            _floor = window.Top;
            _ahead ??= [];
            reading.Waiters.ForEach(waiter => _ahead[waiter.Member] = window.Top.Offset);
        }

        reading.Waiters.ForEach(waiter => members.Add(waiter.Member));
    }

    private void Post(Delivery delivery)
    {
        members.Post(delivery, _ahead);
        if (_ahead is not null && !_ahead.Values.Any(until => until > delivery.Position.Offset))
        {
            _ahead = null;
        }
    }
}
