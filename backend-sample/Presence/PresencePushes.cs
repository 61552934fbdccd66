using System.Text.Json;
using WsBalancer.BackendSample.Channels;
using WsBalancer.BackendSample.Hosting;
using WsBalancer.BackendSample.Messaging;

namespace WsBalancer.BackendSample.Presence;

/// <summary>
/// Sends the changes of each room to its members on this node: collected for a while, then read, in one message.
/// </summary>
internal sealed class PresencePushes : BackgroundService
{
    /// <summary>The most users in one message; the others follow in the next one.</summary>
    public const int MaxUsers = 100;

    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(100);

    /// <summary>The rooms that are read at once.</summary>
    private const int Batch = 64;

    private readonly TimeSpan _delay;
    private readonly Audience _audience;
    private readonly LocalPresence _local;
    private readonly PresenceReader _reader;
    private readonly PresenceCounts _counts;
    private readonly TimeProvider _time;
    private readonly ILogger<PresencePushes> _logger;

    /// <summary>The users of each room who have changed; also the lock of this state.</summary>
    private readonly Dictionary<string, HashSet<string>> _changed = new(StringComparer.Ordinal);

    /// <summary>The rooms in that state, in the order in which they are due.</summary>
    private readonly Queue<(string Room, long Since)> _due = new();

    public PresencePushes(
        NodeOptions options,
        Audience audience,
        LocalPresence local,
        PresenceReader reader,
        PresenceCounts counts,
        TimeProvider time,
        ILogger<PresencePushes> logger)
    {
        (_delay, _audience, _local, _reader) = (options.PresenceDelay, audience, local, reader);
        (_counts, _time, _logger) = (counts, time, logger);
        if (_delay > TimeSpan.Zero)
        {
            audience.PresenceChanged += Receive;
        }
    }

    protected override Task ExecuteAsync(CancellationToken stoppingToken) => _delay > TimeSpan.Zero
        ? RepeatedWork.RunAsync("pushing presence", PushAsync, Interval, _time, _logger, stoppingToken)
        : Task.CompletedTask;

    // Called by the loop that reads from the bus, so an exception would end the connection.
    private void Receive(string channel, ReadOnlyMemory<byte> message)
    {
        try
        {
            if (ChannelName.RoomOf(channel) is { } room)
            {
                Add(room, PresenceNotice.Read(message));
            }
        }
        catch (JsonException malformed)
        {
            PresenceLog.NoticeInvalid(_logger, channel, malformed);
        }
    }

    private void Add(string room, IReadOnlyList<string> users)
    {
        lock (_changed)
        {
            if (!_changed.TryGetValue(room, out var changed))
            {
                _changed.Add(room, changed = new HashSet<string>(StringComparer.Ordinal));
                _due.Enqueue((room, _time.GetTimestamp()));
            }

            changed.UnionWith(users);
        }
    }

    private async Task PushAsync()
    {
        foreach (var batch in TakeDue().Chunk(Batch))
        {
            await Task.WhenAll(batch.Select(due => PushAsync(due.Room, due.Users)));
        }
    }

    private List<(string Room, List<string> Users)> TakeDue()
    {
        var taken = new List<(string, List<string>)>();
        lock (_changed)
        {
            while (_due.TryPeek(out var next) && _time.GetElapsedTime(next.Since) >= _delay)
            {
                _due.Dequeue();
                var changed = _changed[next.Room];
                var users = changed.Take(MaxUsers).ToList();
                changed.ExceptWith(users);
                taken.Add((next.Room, users));
                if (changed.Count > 0)
                {
                    _due.Enqueue((next.Room, _time.GetTimestamp()));
                }
                else
                {
                    _changed.Remove(next.Room);
                }
            }
        }

        return taken;
    }

    private async Task PushAsync(string room, List<string> users)
    {
        if (!_local.IsOccupied(room))
        {
            return;
        }

        var view = await _reader.ReadAsync(room, users, MaxUsers);
        if (view.IsPartial)
        {
            Add(room, users);
            return;
        }

        var present = view.Users.Select(user => user.User).ToHashSet(StringComparer.Ordinal);
        var left = users.FindAll(user => !present.Contains(user));
        var message = PresenceMessage.Change(room, view.Users, left);
        _counts.AddPush();
        _audience.Deliver(ChannelName.Room(room), ChannelFrame.Ephemeral(message));
    }
}
