namespace WsBalancer.LoadTest.Compare;

/// <summary>The measurements that are made with every target.</summary>
internal sealed record CompareSettings(IReadOnlyList<ComparedTarget> Targets)
{
    public int Rounds { get; init; } = 3;

    public int Connections { get; init; } = 100;

    public int MessageSize { get; init; } = 64;

    public TimeSpan Duration { get; init; } = TimeSpan.FromSeconds(5);

    public int Handshakes { get; init; } = 2_000;

    public int Tunnels { get; init; } = 2_000;

    public TimeSpan WarmUp { get; init; } = TimeSpan.FromSeconds(2);

    /// <summary>Time for which tunnels are idle before memory is read.</summary>
    public TimeSpan Settling { get; init; } = TimeSpan.FromSeconds(2);

    /// <summary>Time without any event after which pending handshakes, echoes and closes count as failed.</summary>
    public TimeSpan PendingTimeout { get; init; } = TimeSpan.FromSeconds(10);
}
