using System.Collections.Immutable;
using System.Text.Json;

namespace WsBalancer.Proxy.State;

/// <summary>
/// The versions that a balancer has seen: of each writer all up to a number, since a writer numbers its records upwards
/// and shares them in that order. Immutable.
/// </summary>
internal sealed class SeenVersions
{
    private readonly ImmutableSortedDictionary<string, long> _numbers;

    private SeenVersions(ImmutableSortedDictionary<string, long> numbers) => _numbers = numbers;

    public static SeenVersions None { get; } =
        new(ImmutableSortedDictionary.Create<string, long>(StringComparer.Ordinal));

    /// <summary>The highest number of all writers; 0 without one.</summary>
    public long Highest => _numbers.Values.DefaultIfEmpty().Max();

    /// <summary>Reads what <see cref="ToString"/> wrote; null for anything else.</summary>
    public static SeenVersions? Parse(string text)
    {
        try
        {
            return JsonSerializer.Deserialize(text, StateJsonContext.Default.DictionaryStringInt64) is { } numbers
                ? Of(numbers)
                : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    /// <summary>
    /// Restores what <see cref="ToNumbers"/> returned; null if a writer or a number is out of bounds.
    /// </summary>
    public static SeenVersions? Of(IReadOnlyDictionary<string, long> numbers) =>
        numbers.All(entry => RecordBounds.IsName(entry.Key) && entry.Value is >= 1 and <= StateVersion.HighestCounted)
            ? new SeenVersions(None._numbers.AddRange(numbers))
            : null;

    /// <summary>The highest number of each writer.</summary>
    public IReadOnlyDictionary<string, long> ToNumbers() => _numbers;

    public bool Contains(StateVersion version) =>
        _numbers.TryGetValue(version.Writer, out var number) && version.Number <= number;

    /// <summary>Whether these versions contain all the others.</summary>
    public bool Includes(SeenVersions others) =>
        ReferenceEquals(this, others)
        || others._numbers.All(other => Contains(new StateVersion(other.Value, other.Key)));

    /// <summary>The union of these versions and the others.</summary>
    public SeenVersions With(SeenVersions others) => Includes(others)
        ? this
        : With(others._numbers.Select(other => new StateVersion(other.Value, other.Key)));

    /// <summary>
    /// The union of these versions and more, without numbers above <see cref="StateVersion.HighestCounted"/>: such a
    /// number is damage, and would contain all versions of its writer.
    /// </summary>
    public SeenVersions With(IEnumerable<StateVersion> versions)
    {
        var numbers = _numbers.ToBuilder();
        foreach (var version in versions)
        {
            if (version.Number <= StateVersion.HighestCounted
                && version.Number > numbers.GetValueOrDefault(version.Writer))
            {
                numbers[version.Writer] = version.Number;
            }
        }

        return new SeenVersions(numbers.ToImmutable());
    }

    /// <summary>The versions as JSON: the same text for the same versions.</summary>
    public override string ToString() => JsonSerializer.Serialize(
        new Dictionary<string, long>(_numbers), StateJsonContext.Default.DictionaryStringInt64);
}
