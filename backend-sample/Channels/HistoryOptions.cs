namespace WsBalancer.BackendSample.Channels;

/// <summary>How many messages of a channel are stored, and for how long.</summary>
internal sealed record HistoryOptions
{
    /// <summary>The most messages of one channel: those of a busy room in the time of <see cref="Lifetime"/>.</summary>
    public int Size { get; init; } = 1000;

    /// <summary>How long the messages of a channel are stored after the last one.</summary>
    // Longer than the two minutes of Ably and Socket.IO, so that a client on a train recovers after a tunnel.
    public TimeSpan Lifetime { get; init; } = TimeSpan.FromMinutes(5);

    /// <summary>How long the id of a message is known, so that a repetition is not stored.</summary>
    // At least the time of Centrifugo, even if no messages are stored for so long.
    public TimeSpan IdLifetime => Longer(TimeSpan.FromMinutes(5));

    /// <summary>
    /// How long the epoch of a channel is known. Much longer than the messages: a client that missed nothing recovers
    /// after a quiet night.
    /// </summary>
    public TimeSpan EpochLifetime => Longer(TimeSpan.FromDays(2));

    private TimeSpan Longer(TimeSpan least) => least > Lifetime ? least : Lifetime;
}
