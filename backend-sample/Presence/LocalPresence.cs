namespace WsBalancer.BackendSample.Presence;

/// <summary>The users of this node in each room, and which of them have changed since they were published.</summary>
/// <remarks>Joining and leaving a room never wait: changes are collected here, and published later.</remarks>
internal sealed class LocalPresence
{
    private readonly Lock _lock = new();
    private readonly Dictionary<string, LocalRoom> _rooms = new(StringComparer.Ordinal);

    /// <summary>The rooms with changes, each once.</summary>
    private readonly Queue<LocalRoom> _changed = new();

    /// <summary>The number of rooms that are known here.</summary>
    public int Count
    {
        get
        {
            lock (_lock)
            {
                return _rooms.Count;
            }
        }
    }

    /// <summary>A device of the user has joined the room.</summary>
    public void Add(string room, string user) => Change(room, user, 1);

    /// <summary>A device of the user has left the room.</summary>
    public void Remove(string room, string user) => Change(room, user, -1);

    public bool IsOccupied(string room)
    {
        lock (_lock)
        {
            return _rooms.TryGetValue(room, out var local) && !local.IsEmpty;
        }
    }

    /// <summary>Reads the users of a room.</summary>
    /// <param name="room">The room.</param>
    /// <param name="users">The users to read; null for all.</param>
    public IReadOnlyList<UserDevices> Read(string room, IReadOnlyList<string>? users)
    {
        lock (_lock)
        {
            return _rooms.TryGetValue(room, out var local) ? local.Read(users) : [];
        }
    }

    /// <summary>Takes changes, of which <see cref="Settle"/> must be called before the next ones are taken.</summary>
    /// <param name="most">The most users to take.</param>
    public List<RoomChange> Take(int most)
    {
        var taken = new List<RoomChange>();
        lock (_lock)
        {
            while (most > 0 && _changed.TryPeek(out var room))
            {
                var change = room.Take(most);
                most -= change.Users.Count;
                if (change.Users.Count > 0)
                {
                    taken.Add(change);
                }

                if (!room.HasChanges)
                {
                    _changed.Dequeue();
                    ForgetIfUnused(room);
                }
            }
        }

        return taken;
    }

    /// <summary>Notes the result of publishing a change. A failed one is taken again.</summary>
    /// <param name="change">The change.</param>
    /// <param name="isWritten">Whether the change was certainly written.</param>
    /// <param name="isAnnounced">Whether the change was certainly announced.</param>
    public void Settle(RoomChange change, bool isWritten, bool isAnnounced)
    {
        lock (_lock)
        {
            var room = _rooms[change.Room];
            Edit(room, () => room.Settle(change, isWritten, isAnnounced));
            ForgetIfUnused(room);
        }
    }

    /// <summary>Makes all users changes: they may not be stored any more.</summary>
    /// <param name="isNews">Whether they must be announced too.</param>
    public void Republish(bool isNews)
    {
        lock (_lock)
        {
            foreach (var room in _rooms.Values)
            {
                Edit(room, () => room.Republish(isNews));
            }
        }
    }

    private void Change(string room, string user, int difference)
    {
        lock (_lock)
        {
            if (!_rooms.TryGetValue(room, out var local))
            {
                _rooms.Add(room, local = new LocalRoom(room));
            }

            Edit(local, () => local.Change(user, difference));
        }
    }

    private void Edit(LocalRoom room, Action edit)
    {
        var isQueued = room.HasChanges;
        edit();
        if (!isQueued && room.HasChanges)
        {
            _changed.Enqueue(room);
        }
    }

    private void ForgetIfUnused(LocalRoom room)
    {
        if (room.IsUnused)
        {
            _rooms.Remove(room.Name);
        }
    }
}
