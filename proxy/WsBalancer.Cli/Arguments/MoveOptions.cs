using System.Globalization;
using WsBalancer.Proxy.Draining;
using WsBalancer.Proxy.Settings;
using Closing = WsBalancer.Proxy.Framing.CloseCode;

namespace WsBalancer.Cli.Arguments;

/// <summary>The options that control how tunnels are closed.</summary>
internal static class MoveOptions
{
    public static ValueOption<TimeSpan> Duration(string name, string description) =>
        new(name, "TIME", description, DurationText.Expected, ParseDuration);

    public static ValueOption<DrainDeadline> Deadline() => new(
        "--deadline",
        "TIME|none",
        "When the remaining tunnels are closed, whatever the rate [default: the cluster's Drain:Deadline]",
        $"{DurationText.Expected}, or none",
        ParseDeadline);

    public static ValueOption<int> CloseCode(string standard) => new(
        "--code",
        "CODE",
        $"The code of the Close frame [default: {standard}]",
        $"a code that may be sent ({Closing.Allowed})",
        ParseCloseCode);

    private static TimeSpan? ParseDuration(string text) =>
        DurationText.TryParse(text, out var duration) && duration > TimeSpan.Zero ? duration : null;

    private static DrainDeadline? ParseDeadline(string text) => text is "none"
        ? DrainDeadline.None
        : ParseDuration(text) is { } after ? DrainDeadline.In(after.TotalSeconds) : null;

    private static int? ParseCloseCode(string text) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var code)
        && Closing.MayBeSent(code)
            ? code
            : null;
}
