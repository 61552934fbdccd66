using WsBalancer.BackendSample.Channels;

namespace WsBalancer.BackendSample.Presence;

/// <summary>Answers clients who is in a room.</summary>
/// <remarks>
/// One read of a room runs at a time. Clients that request it during a read share the next one, and its serialised
/// answer, so that each has a read that began after its request.
/// </remarks>
internal sealed class PresenceAnswers(PresenceReader reader)
{
    /// <summary>The most users in an answer: 60 KB with short names.</summary>
    public const int MaxUsers = 1000;

    private readonly Lock _lock = new();

    /// <summary>The rooms that are read, each with the requests for the next read; null if there are none.</summary>
    private readonly Dictionary<string, TaskCompletionSource<Delivery>?> _next = new(StringComparer.Ordinal);

    private long _reads;

    /// <summary>The number of reads so far.</summary>
    public long Reads => Volatile.Read(ref _reads);

    /// <param name="room">The room.</param>
    /// <param name="id">The id of the request, which the answer repeats; null for none.</param>
    public async Task<Delivery> AnswerAsync(string room, string? id)
    {
        var shared = await ReadAsync(room);
        return id is null ? shared : Delivery.AboutRoom(PresenceMessage.WithId(shared.Bytes, id));
    }

    private Task<Delivery> ReadAsync(string room)
    {
        var waiting = new TaskCompletionSource<Delivery>(TaskCreationOptions.RunContinuationsAsynchronously);
        lock (_lock)
        {
            if (_next.TryGetValue(room, out var next))
            {
                next ??= waiting;
                _next[room] = next;
                return next.Task;
            }

            _next.Add(room, null);
        }

        _ = ReadAllAsync(room, waiting);
        return waiting.Task;
    }

    private async Task ReadAllAsync(string room, TaskCompletionSource<Delivery> first)
    {
        for (var waiting = first; waiting is not null; waiting = TakeNext(room))
        {
            try
            {
                Interlocked.Increment(ref _reads);
                var view = await reader.ReadAsync(room, users: null, MaxUsers);
                waiting.SetResult(Delivery.AboutRoom(PresenceMessage.Answer(room, view)));
            }
            catch (Exception failure)
            {
                // For the session that waits. The next requests are read nevertheless.
                waiting.SetException(failure);
            }
        }
    }

    private TaskCompletionSource<Delivery>? TakeNext(string room)
    {
        lock (_lock)
        {
            var next = _next[room];
            if (next is null)
            {
                _next.Remove(room);
            }
            else
            {
                _next[room] = null;
            }

            return next;
        }
    }
}
