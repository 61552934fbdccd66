using System.Globalization;

namespace WsBalancer.Proxy.Telemetry;

/// <summary>
/// Identifies an event by its id and its process, as in <c>17-6f3a9c01</c>. If there is only a number, the process is
/// unknown.
/// </summary>
internal readonly record struct EventMark(long Id, string? Run)
{
    public const string Expected = "the id of an event in the stream, such as 17-6f3a9c01, or 0 for all";

    /// <summary>Whether the process is unknown, so that several events may have the id.</summary>
    public bool IsOfNoRun => Run is null;

    public static EventMark Of(BalancerEvent happened) => new(happened.Id, happened.Run);

    /// <returns>Null if the text names no event.</returns>
    public static EventMark? Parse(string text)
    {
        var parts = text.Split('-');
        return parts.Length <= 2
            && long.TryParse(parts[0], NumberStyles.None, CultureInfo.InvariantCulture, out var id)
            && (parts.Length == 1 || parts[1].Length > 0)
            ? new EventMark(id, parts.Length == 1 ? null : parts[1])
            : null;
    }

    /// <summary>The index of the event in a list; null if it is not there, or its process is unknown.</summary>
    public int? IndexIn(IReadOnlyList<BalancerEvent> events)
    {
        for (var i = events.Count - 1; Run is not null && i >= 0; i--)
        {
            if (Of(events[i]) == this)
            {
                return i;
            }
        }

        return null;
    }

    public override string ToString() =>
        Run is null ? Id.ToString(CultureInfo.InvariantCulture) : string.Create(
            CultureInfo.InvariantCulture, $"{Id}-{Run}");
}
