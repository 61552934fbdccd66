using WsBalancer.BackendSample.Messaging;

namespace WsBalancer.BackendSample.Channels;

/// <summary>
/// One read of the stored messages of a channel, for everyone on this node who waits for it. The lock of the channel
/// protects it.
/// </summary>
internal sealed class ChannelReading
{
    /// <summary>More than any offset, and still exact in the arithmetic of Lua.</summary>
    private const long NothingNeeded = 1L << 52;

    private readonly TaskCompletionSource<bool> _settled = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private bool _hasBegun;

    /// <summary>
    /// Whether the members have missed messages: then they receive no stored message until the read has completed.
    /// </summary>
    public bool IsRepair { get; set; }

    /// <summary>Whether the read began before the need for it was known, so that its result has no value.</summary>
    public bool MustRepeat { get; set; }

    /// <summary>The offset after which the read returns messages.</summary>
    public long After { get; private set; }

    /// <summary>The number of messages that were held when the read began.</summary>
    public int HeldBefore { get; private set; }

    /// <summary>The stored messages that were received since the read was needed.</summary>
    public List<Delivery> Held { get; } = [];

    public List<ChannelWaiter> Waiters { get; } = [];

    /// <summary>True when the waiters are members of the channel, false when the store was not available.</summary>
    public Task<bool> Settled => _settled.Task;

    /// <summary>
    /// Begins a read of the messages that are missing; a second one reads all, so that no third one is needed.
    /// </summary>
    /// <param name="known">The position of the members; null if they need none.</param>
    public long Begin(ChannelPosition? known)
    {
        var needed = Waiters.Select(waiter => waiter.Since?.Offset ?? NothingNeeded);
        var least = Math.Min(
            needed.DefaultIfEmpty(NothingNeeded).Min(), IsRepair ? known?.Offset ?? NothingNeeded : NothingNeeded);
        After = _hasBegun ? 0 : least;
        _hasBegun = true;
        HeldBefore = Held.Count;
        return After;
    }

    public void Settle(bool isRead) => _settled.TrySetResult(isRead);
}

/// <summary>A future member of a channel, which waits for the position and the messages that it missed.</summary>
/// <param name="Member">The future member.</param>
/// <param name="Since">The position of the last message that the member has; null for none.</param>
/// <param name="Greet">
/// Creates the greeting from the position after the recovery, and whether the missed messages follow.
/// </param>
internal sealed record ChannelWaiter(
    IAudienceMember Member, ChannelPosition? Since, Func<ChannelPosition, bool?, Delivery> Greet);
