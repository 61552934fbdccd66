using WsBalancer.LoadTest.Values;

namespace WsBalancer.LoadTest.Load;

/// <summary>
/// The settings of a run. With a null <see cref="MessageRate"/>, connections are held without messages.
/// </summary>
internal sealed record RunSettings(Target Target, int Connections, Rate ConnectRate, TimeSpan Hold)
{
    /// <summary>Messages a second over all connections together.</summary>
    public Rate? MessageRate { get; init; }

    public int MessageSize { get; init; } = 64;

    public bool IsBinary { get; init; }

    public TimeSpan ConnectTimeout { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>Maximum wait for echoes that are still pending after the hold.</summary>
    public TimeSpan Grace { get; init; } = TimeSpan.FromSeconds(5);

    public TimeSpan CloseTimeout { get; init; } = TimeSpan.FromSeconds(5);
}
