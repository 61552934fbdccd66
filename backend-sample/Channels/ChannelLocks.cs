namespace WsBalancer.BackendSample.Channels;

/// <summary>Locks for all channels: few, so that an idle channel has none of its own.</summary>
internal sealed class ChannelLocks
{
    private const int Count = 64;

    private readonly Lock[] _locks = [.. Enumerable.Range(0, Count).Select(_ => new Lock())];

    /// <summary>The lock of a channel, which it shares with others.</summary>
    public Lock Of(string channel) => _locks[(uint)StringComparer.Ordinal.GetHashCode(channel) % Count];
}
