using WsBalancer.BackendSample.Messaging;

namespace WsBalancer.BackendSample.Channels;

/// <summary>One channel on this node: its members, and their progress through its stored messages.</summary>
internal sealed class LocalChannel(string name)
{
    /// <summary>The members; also the lock of this channel.</summary>
    private readonly MemberSet _members = new();

    /// <summary>Null for as long as no member is interested in stored messages and none was received.</summary>
    private ChannelProgress? _progress;

    private volatile bool _isClosed;

    public string Name => name;

    /// <summary>Whether the last member has left. Read without the lock.</summary>
    public bool IsClosed => _isClosed;

    /// <summary>The number of members. Read without the lock.</summary>
    public int Count => _members.Count;

    /// <returns>False if the channel is closed: then the caller must use a new one.</returns>
    public bool TryAdd(IAudienceMember member, Delivery greeting)
    {
        lock (_members)
        {
            if (!_isClosed)
            {
                member.Post(greeting);
                _members.Add(member);
            }

            return !_isClosed;
        }
    }

    /// <summary>Adds a member that expects stored messages, but has no position.</summary>
    /// <param name="member">The member.</param>
    /// <param name="greeting">The greeting.</param>
    /// <param name="mustRead">Whether the caller must read the channel.</param>
    /// <returns>False if the channel is closed: then the caller must use a new one.</returns>
    public bool TryAddLost(IAudienceMember member, Delivery greeting, out bool mustRead)
    {
        lock (_members)
        {
            mustRead = false;
            if (TryAdd(member, greeting))
            {
                mustRead = Progress().BeginReading(lost: member);
            }

            return !_isClosed;
        }
    }

    /// <summary>Removes a member.</summary>
    /// <returns>Whether the channel is empty, and closed from now on.</returns>
    public bool Remove(IAudienceMember member)
    {
        lock (_members)
        {
            _members.Remove(member);
            _progress?.Remove(member);
            _progress?.Reading?.Waiters.RemoveAll(waiter => waiter.Member == member);
            return _isClosed |= _members.Count == 0 && _progress?.Reading is not { Waiters.Count: > 0 };
        }
    }

    /// <summary>Posts a message that is not stored to every member.</summary>
    public void Deliver(Delivery delivery)
    {
        lock (_members)
        {
            _members.Post(delivery);
        }
    }

    /// <summary>Delivers a stored message, unless messages before it are missing.</summary>
    /// <returns>Whether the caller must read the channel.</returns>
    public bool Receive(StoredMessage message, ChannelPosition? floor)
    {
        // Serialised before the lock, for which the bus and the members wait.
        var delivery = new Delivery(name, message);
        lock (_members)
        {
            Progress().SetFloor(floor);
            return Progress().Receive(delivery) && !_isClosed;
        }
    }

    /// <summary>Registers a future member that waits for the stored messages.</summary>
    /// <returns>The read to wait for; null if the channel is closed.</returns>
    public ChannelReading? Wait(ChannelWaiter waiter, out bool mustRead)
    {
        lock (_members)
        {
            mustRead = false;
            if (_isClosed)
            {
                return null;
            }

            // A member that recovers again receives nothing until then.
            _members.Remove(waiter.Member);
            Progress().Remove(waiter.Member);
            mustRead = Progress().BeginReading(isRepair: false);
            var reading = Progress().Reading!;
            reading.Waiters.Add(waiter);
            return reading;
        }
    }

    /// <summary>Holds the stored messages until a read shows which of them are missing.</summary>
    /// <returns>Whether the caller must read the channel.</returns>
    public bool Suspend()
    {
        lock (_members)
        {
            return _progress is not null && _progress.BeginReading(isRepair: true);
        }
    }

    /// <summary>Begins a read.</summary>
    /// <returns>
    /// The offset after which messages are needed, and the position that the store has had for certain; null if it is
    /// not known.
    /// </returns>
    public (long After, ChannelPosition? Delivered) BeginRead()
    {
        lock (_members)
        {
            return (Progress().Reading!.Begin(Progress().Known), Progress().Delivered);
        }
    }

    /// <summary>Completes a read.</summary>
    /// <returns>Whether the caller must read the channel again: at once, or, after a failure, later.</returns>
    public bool Settle(ChannelWindow? window)
    {
        // Serialised before the lock too.
        var backlog = window is null ? null : new ChannelBacklog(name, window);
        lock (_members)
        {
            return backlog is null ? Progress().Fail() : Progress().Settle(backlog);
        }
    }

    private ChannelProgress Progress() => _progress ??= new ChannelProgress(_members);
}
