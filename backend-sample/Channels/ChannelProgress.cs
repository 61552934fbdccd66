using WsBalancer.BackendSample.Messaging;

namespace WsBalancer.BackendSample.Channels;

/// <summary>
/// How far the members of one channel on this node have received its stored messages: in order, each once, and every
/// gap signalled. The lock of the channel protects it.
/// </summary>
internal sealed class ChannelProgress(MemberSet members)
{
    /// <summary>The most messages that are held during a read.</summary>
    private const int MaxHeld = 10_000;

    /// <summary>The position of the last stored message that the members received.</summary>
    private ChannelPosition? _last;

    /// <summary>The position that was read before any stored message was received.</summary>
    private ChannelPosition? _floor;

    /// <summary>Members whose recovery included messages that are still on their way to the others.</summary>
    private Dictionary<IAudienceMember, long>? _ahead;

    /// <summary>
    /// Members without a position, who expect stored messages: they receive none until the next repair, and are
    /// notified of the gap then.
    /// </summary>
    private HashSet<IAudienceMember>? _lost;

    /// <summary>The current read; null if there is none.</summary>
    public ChannelReading? Reading { get; private set; }

    /// <summary>The position from which the members receive the next message; null if it is not known.</summary>
    public ChannelPosition? Known => _last ?? _floor;

    /// <summary>The newest position that a member has received; null if there is none.</summary>
    public ChannelPosition? Delivered => Known is { } known && _ahead is not null
        ? known with { Offset = _ahead.Values.Append(known.Offset).Max() }
        : Known;

    /// <summary>Sets the position from which the members receive messages, unless it is known.</summary>
    public void SetFloor(ChannelPosition? floor) => _floor ??= floor;

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

    /// <summary>Begins a repair for a member that expects stored messages, but has no position.</summary>
    /// <returns>Whether the caller must start the read.</returns>
    public bool BeginReading(IAudienceMember lost)
    {
        (_lost ??= []).Add(lost);
        return BeginReading(isRepair: true);
    }

    /// <summary>Delivers a stored message, unless messages before it are missing.</summary>
    /// <returns>Whether the caller must start a read.</returns>
    public bool Receive(Delivery message)
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
            Post(message);
        }

        return false;
    }

    /// <summary>Completes the read: the members and the waiters receive what they miss.</summary>
    /// <returns>Whether the caller must start another read.</returns>
    public bool Settle(ChannelBacklog backlog)
    {
        var reading = Reading!;
        if (IsStale(reading, backlog.Top))
        {
            reading.MustRepeat = false;
            return true;
        }

        Reading = null;
        if (reading.IsRepair)
        {
            Repair(backlog);
        }

        foreach (var waiter in reading.Waiters)
        {
            Recover(waiter, backlog);
        }

        var later = reading.Held.FindAll(held =>
            held.Position.Epoch == backlog.Top.Epoch && held.Position.Offset > backlog.Top.Offset);
        var mustRead = reading.IsRepair && ReceiveAll(reading, later);
        if (!reading.IsRepair)
        {
            Align(reading, backlog, later);
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

    public void Remove(IAudienceMember member)
    {
        _ahead?.Remove(member);
        _lost?.Remove(member);
    }

    private bool IsStale(ChannelReading reading, ChannelPosition top) =>
        reading.MustRepeat
        || IsPartOfAnotherEpoch(reading, top)
        || IsBeforeAnotherEpoch(reading, top)
        || reading.Waiters.Exists(waiter => IsBefore(waiter, reading, top));

    // A read that began before a new epoch does not show it. But if a message was received before the read began, its
    // epoch is older than that of the read.
    private static bool IsBeforeAnotherEpoch(ChannelReading reading, ChannelPosition top) =>
        reading.Held.Count > reading.HeldBefore && reading.Held[^1].Position.Epoch != top.Epoch;

    // The offset after which messages were read has no meaning in another epoch, of which the members miss all.
    private bool IsPartOfAnotherEpoch(ChannelReading reading, ChannelPosition top) =>
        reading.After > 0 && Known is { } known && known.Epoch != top.Epoch;

    // A waiter that joined the read later may need older messages.
    private static bool IsBefore(ChannelWaiter waiter, ChannelReading reading, ChannelPosition top) =>
        waiter.Since is { } since && since.Epoch == top.Epoch && since.Offset < reading.After;

    private void Hold(Delivery message)
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

    private void Repair(ChannelBacklog backlog)
    {
        long? offset = Known is { } known && known.Epoch == backlog.Top.Epoch && known.Offset <= backlog.Top.Offset
            ? known.Offset
            : null;
        foreach (var member in members.All)
        {
            if (Known is null || _lost?.Contains(member) is true)
            {
                backlog.PostGap(member);
                continue;
            }

            // A member that is ahead of a store that has lost messages has no valid position either.
            var ahead = _ahead?.GetValueOrDefault(member) ?? 0;
            var has = ahead > offset ? ahead : offset;
            backlog.PostAfter(has > backlog.Top.Offset ? null : has, member);
        }

        (_ahead, _lost) = (null, null);
        _last = backlog.Top;
    }

    private static void Recover(ChannelWaiter waiter, ChannelBacklog backlog)
    {
        bool? isRecovered = waiter.Since is { } since ? backlog.Covers(since, waiter.Member) : null;
        waiter.Member.Post(waiter.Greet(backlog.Top, isRecovered));
        if (isRecovered is true)
        {
            backlog.PostAll(waiter.Since!.Value.Offset, waiter.Member);
        }
    }

    // After a repair, members and waiters have the same position.
    private bool ReceiveAll(ChannelReading reading, List<Delivery> later)
    {
        _ahead = null;
        reading.Waiters.ForEach(waiter => members.Add(waiter.Member));
        return later.Aggregate(false, (mustRead, message) => Receive(message) || mustRead);
    }

    // Without a repair, the members have received all held messages, and the waiters none of them.
    private void Align(ChannelReading reading, ChannelBacklog backlog, List<Delivery> later)
    {
        if (Known is { } known && known.Epoch != backlog.Top.Epoch)
        {
            Repair(backlog);
        }

        foreach (var waiter in reading.Waiters)
        {
            later.ForEach(waiter.Member.Post);
        }

        if (members.Count == 0)
        {
            _last = later is [.., var newest] ? newest.Position : backlog.Top;
            _ahead = null;
        }
        else if (_last is null || _last.Value.Offset < backlog.Top.Offset)
        {
            // Messages up to the top are still on their way to the members.
            _floor = backlog.Top;
            _ahead ??= [];
            reading.Waiters.ForEach(waiter => _ahead[waiter.Member] = backlog.Top.Offset);
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
