using WsBalancer.LoadTest.Connections;
using WsBalancer.LoadTest.Values;

namespace WsBalancer.LoadTest.Runs;

/// <summary>What a run is to do. A null <see cref="MessageRate"/> sends nothing and holds the connections.</summary>
internal sealed record RunSettings(Target Target, int Connections, Rate ConnectRate, TimeSpan Hold)
{
    /// <summary>Messages a second over all connections together.</summary>
    public Rate? MessageRate { get; init; }

    public int MessageSize { get; init; } = 64;

    public bool IsBinary { get; init; }

    public TimeSpan ConnectTimeout { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>How long to wait for echoes that are still missing after the hold.</summary>
    public TimeSpan Grace { get; init; } = TimeSpan.FromSeconds(5);

    public TimeSpan CloseTimeout { get; init; } = TimeSpan.FromSeconds(5);
}
