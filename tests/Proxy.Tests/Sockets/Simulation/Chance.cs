namespace WsBalancer.Proxy.Tests.Sockets.Simulation;

/// <summary>All random decisions of a run: the same seed gives the same decisions.</summary>
internal sealed class Chance(int seed)
{
    // The algorithm behind a given seed is fixed.
    private readonly Random _random = new(seed);

    public bool Of(int percent) => percent > 0 && _random.Next(100) < percent;

    /// <summary>A number from 0 to bound − 1.</summary>
    public int Below(int bound) => _random.Next(bound);

    public int Between(int least, int most) => _random.Next(least, most + 1);

    public T Pick<T>(params ReadOnlySpan<T> choices) => choices[_random.Next(choices.Length)];

    public T PickFrom<T>(IReadOnlyList<T> choices) => choices[_random.Next(choices.Count)];

    public byte[] Bytes(int length)
    {
        var bytes = new byte[length];
        _random.NextBytes(bytes);
        return bytes;
    }

    /// <summary>A length that is often tiny and sometimes near the bound.</summary>
    public int Length(int bound) => Below(4) switch
    {
        0 => Between(1, Math.Min(bound, 16)),
        1 => Between(1, Math.Min(bound, 1024)),
        _ => Between(1, bound),
    };
}
