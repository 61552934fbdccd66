using System.Globalization;
using System.Text.RegularExpressions;
using WsBalancer.Proxy.Admin.Requests;
using WsBalancer.Proxy.Telemetry;

namespace WsBalancer.Proxy.Admin.Callers;

/// <summary>
/// Reads the header in which a caller names itself. The value is information for people, and is not verified.
/// </summary>
internal static partial class CallerHeader
{
    public const string Name = "X-WsBalancer-By";

    private const int MaxCharacters = 1024;
    private const int LongestValue = 64;
    private const string Expected =
        "user, host, pid and command, each NAME=VALUE at most once, percent-encoded, with '; ' between them, in at "
        + "most 1024 characters";

    /// <param name="text">The header; null or empty without one.</param>
    /// <param name="cause">The cause as far as it is known without the header.</param>
    /// <exception cref="Microsoft.AspNetCore.Http.BadHttpRequestException">The header cannot be read.</exception>
    public static EventCause Read(string? text, EventCause cause)
    {
        if (string.IsNullOrEmpty(text))
        {
            return cause;
        }

        if (text.Length > MaxCharacters || !Form().IsMatch(text))
        {
            throw QueryText.Wrong(Name, text[..Math.Min(text.Length, LongestValue)], Expected);
        }

        foreach (var part in text.Split("; "))
        {
            var (name, value) = (part[..part.IndexOf('=')], Visible(part[(part.IndexOf('=') + 1)..]));
            cause = (name, cause) switch
            {
                ("user", { User: null }) => cause with { User = value },
                ("host", { Host: null }) => cause with { Host = value },
                ("command", { Command: null }) => cause with { Command = value },
                ("pid", { Pid: null }) when int.TryParse(
                    value, NumberStyles.None, CultureInfo.InvariantCulture, out var pid) => cause with { Pid = pid },
                _ => throw QueryText.Wrong(Name, text[..Math.Min(text.Length, LongestValue)], Expected),
            };
        }

        return cause;
    }

    private static string Visible(string value)
    {
        var text = VisibleText.Of(Uri.UnescapeDataString(value));
        return text.Length > LongestValue ? text[..LongestValue] + "…" : text;
    }

    [GeneratedRegex("^[a-z]+=[^;=]*(; [a-z]+=[^;=]*)*$", RegexOptions.CultureInvariant)]
    private static partial Regex Form();
}
