using System.Collections.Concurrent;
using WsBalancer.BackendSample.Channels;
using WsBalancer.BackendSample.Messaging;
using WsBalancer.BackendSample.Redis;

namespace WsBalancer.BackendSample.Nats;

/// <summary>
/// Stores messages in Redis and then publishes them with NATS, in the order of their offsets: the messages of one
/// channel that this node stores leave one after the other.
/// </summary>
internal sealed class RelayedStore(RedisStore store) : IMessageStore
{
    private const int MaxAttempts = 3;

    private readonly ChannelLocks _locks = new();

    /// <summary>The last message of each channel that is not published.</summary>
    private readonly ConcurrentDictionary<string, Task> _last = new(StringComparer.Ordinal);

    /// <summary>Publishes the frame of a stored message.</summary>
    public Func<string, ReadOnlyMemory<byte>, Task<PublishOutcome>>? Relay { get; set; }

    /// <summary>Whether the bus carries a message of this length.</summary>
    public Func<ReadOnlyMemory<byte>, bool>? Fits { get; set; }

    public async Task<AppendResult> AppendAsync(
        string channel, string sender, string id, ReadOnlyMemory<byte> message)
    {
        if (Fits?.Invoke(message) is false)
        {
            return new AppendResult(AppendOutcome.TooLong);
        }

        var mine = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        Task<AppendResult> append;
        Task? before;
        lock (_locks.Of(channel))
        {
            append = store.AppendAsync(channel, sender, id, message);
            before = _last.GetValueOrDefault(channel);
            _last[channel] = mine.Task;
        }

        try
        {
            var result = await append;
            await (before ?? Task.CompletedTask);
            if (result.IsNewest && Relay is not null)
            {
                await RelayAsync(channel, ChannelFrame.Stored(result.Position, message));
            }

            return result;
        }
        finally
        {
            _last.TryRemove(KeyValuePair.Create(channel, mine.Task));
            mine.SetResult();
        }
    }

    public Task<ChannelWindow?> ReadAsync(string channel, long after, ChannelPosition? delivered) =>
        store.ReadAsync(channel, after, delivered);

    public Task<ChannelWindow?> ReadPageAsync(string channel, PageRequest request) =>
        store.ReadPageAsync(channel, request);

    // Repeated, because nodes ignore what they have received. While NATS is away, other nodes read it when it is back.
    private async Task RelayAsync(string channel, ReadOnlyMemory<byte> frame)
    {
        for (var attempt = 0; attempt < MaxAttempts; attempt++)
        {
            if (await Relay!(channel, frame) is not PublishOutcome.Unknown)
            {
                return;
            }
        }
    }
}
