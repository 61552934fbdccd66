using System.Globalization;
using WsBalancer.Proxy.Settings;

namespace WsBalancer.Proxy.Telemetry;

/// <summary>Parses the time from which events are requested.</summary>
internal static class EventTime
{
    public const string Expected = "a duration before now such as 2h, or a time such as 2026-01-02T03:04:05Z";

    private static readonly string[] Forms =
    [
        "yyyy-MM-dd'T'HH:mm:ss.FFFFFFF'Z'", "yyyy-MM-dd' 'HH:mm:ss.FFFFFFF'Z'",
        "yyyy-MM-dd'T'HH:mm:ss.FFFFFFFzzz", "yyyy-MM-dd' 'HH:mm:ss.FFFFFFFzzz",
    ];

    /// <returns>Null if the text is neither a duration nor a time, or the time is out of range.</returns>
    public static DateTimeOffset? Parse(string text, DateTimeOffset now) =>
        DurationText.TryParse(text, out var ago) ? (ago < now - DateTimeOffset.MinValue ? now - ago : null)
        : DateTimeOffset.TryParseExact(
            text, Forms, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var time) ? time
        : null;
}
