using System.Collections.Concurrent;

namespace WsBalancer.Faults.Tests.Soak;

/// <summary>Counts of the events that the users of a soak have seen. Thread-safe.</summary>
internal sealed class SoakCounts
{
    private readonly ConcurrentDictionary<string, long> _counts = new();

    /// <summary>
    /// The counts by name: <c>connected</c>, <c>echoes</c>, <c>wrong echoes</c>, <c>lost</c> and so on.
    /// </summary>
    public IReadOnlyDictionary<string, long> All => _counts;

    public long this[string name] => _counts.GetValueOrDefault(name);

    public void Connected(bool isWelcome)
    {
        Add("connected");
        if (!isWelcome)
        {
            Add("foreign welcomes");
        }
    }

    public void Echoed(bool isRight) => Add(isRight ? "echoes" : "wrong echoes");

    public void Refused(int status) => Add($"answered {status}");

    public void Closed(int? code) => Add($"closed with {code}");

    /// <summary>A connection that ended without a Close frame.</summary>
    public void Lost() => Add("lost");

    /// <summary>Nothing was received within the patience of a client.</summary>
    public void Silent() => Add("silent");

    public void Misrouted() => Add("misrouted");

    public void Compared() => Add("placements compared");

    public void Operated(string operation) => Add($"operation: {operation}");

    private void Add(string name) => _counts.AddOrUpdate(name, 1, static (_, count) => count + 1);
}
