using System.Runtime.InteropServices;

namespace WsBalancer.BackendSample.Presence;

/// <summary>The users of this node in one room. The lock of <see cref="LocalPresence"/> protects it.</summary>
internal sealed class LocalRoom(string name)
{
    /// <summary>A number of devices that is not known.</summary>
    private const int Unknown = -1;

    private readonly Dictionary<string, Devices> _users = new(StringComparer.Ordinal);

    /// <summary>The users who have changed; null if there are none.</summary>
    private HashSet<string>? _changed;

    /// <summary>The users who have at least one device.</summary>
    private int _present;

    /// <summary>Whether this node is among the stored nodes of the room.</summary>
    private bool _isListed;

    public string Name => name;

    public bool IsEmpty => _present == 0;

    public bool HasChanges => _changed is not null;

    /// <summary>Whether nothing is known, and nothing is stored, about the room.</summary>
    public bool IsUnused => _users.Count == 0 && !HasChanges;

    public void Change(string user, int difference)
    {
        ref var devices = ref CollectionsMarshal.GetValueRefOrAddDefault(_users, user, out _);
        var wasPresent = devices.Now > 0;
        devices.Now += difference;
        _present += (devices.Now > 0 ? 1 : 0) - (wasPresent ? 1 : 0);
        MarkChanged(user);
    }

    public IReadOnlyList<UserDevices> Read(IReadOnlyList<string>? users)
    {
        var found = new List<UserDevices>(users?.Count ?? _present);
        foreach (var user in users ?? (IEnumerable<string>)_users.Keys)
        {
            if (_users.TryGetValue(user, out var devices) && devices.Now > 0)
            {
                found.Add(new UserDevices(user, devices.Now));
            }
        }

        return found;
    }

    /// <summary>Takes changes. Users whose devices are again those that were published have none.</summary>
    public RoomChange Take(int most)
    {
        var users = new List<UserChange>();
        foreach (var user in _changed!.Take(most).ToList())
        {
            _changed!.Remove(user);
            ref var devices = ref CollectionsMarshal.GetValueRefOrNullRef(_users, user);
            if (!devices.IsPublished)
            {
                users.Add(new UserChange(user, devices.Now, devices.Now != devices.Announced));
            }
            else if (devices.Now == 0)
            {
                _users.Remove(user);
            }
        }

        _changed = _changed is { Count: 0 } ? null : _changed;
        return new RoomChange(name, users, MustList: !IsEmpty && !_isListed, IsEmpty);
    }

    public void Settle(RoomChange change, bool isWritten, bool isAnnounced)
    {
        _isListed = isWritten && !change.IsEmpty;
        foreach (var (user, written, _) in change.Users)
        {
            ref var devices = ref CollectionsMarshal.GetValueRefOrNullRef(_users, user);
            devices.Written = isWritten ? written : Unknown;
            devices.Announced = isAnnounced ? written : devices.Announced;
            if (!devices.IsPublished)
            {
                MarkChanged(user);
            }
            else if (devices.Now == 0 && _changed?.Contains(user) is not true)
            {
                _users.Remove(user);
            }
        }
    }

    public void Republish(bool isNews)
    {
        _isListed = false;
        foreach (var user in _users.Keys)
        {
            ref var devices = ref CollectionsMarshal.GetValueRefOrNullRef(_users, user);
            devices.Written = Unknown;
            devices.Announced = isNews ? Unknown : devices.Announced;
            MarkChanged(user);
        }
    }

    private void MarkChanged(string user) => (_changed ??= new HashSet<string>(StringComparer.Ordinal)).Add(user);

    /// <summary>The number of devices of a user.</summary>
    private struct Devices
    {
        public int Now;

        /// <summary>The number that is stored.</summary>
        public int Written;

        /// <summary>The number that the nodes were notified of.</summary>
        public int Announced;

        public readonly bool IsPublished => Now == Written && Now == Announced;
    }
}
