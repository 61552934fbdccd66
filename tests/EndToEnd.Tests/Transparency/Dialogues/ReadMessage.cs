using System.Globalization;
using System.Text.RegularExpressions;
using WsBalancer.EndToEnd.Tests.Wire;

namespace WsBalancer.EndToEnd.Tests.Transparency.Dialogues;

/// <summary>The part of an HTTP/1 message that has arrived.</summary>
/// <param name="Head">The head.</param>
/// <param name="Content">The content so far, without the coding of a chunked body.</param>
/// <param name="IsWhole">Whether the message is complete.</param>
/// <param name="Trailers">The trailer section, without the empty line.</param>
/// <param name="End">The offset of the end of the message, or of the part that has arrived.</param>
internal sealed partial record ReadMessage(MessageHead Head, string Content, bool IsWhole, string Trailers, int End)
{
    /// <summary>Reads the message at an offset; null until its head is complete.</summary>
    /// <param name="bytes">All bytes that have arrived, a character for each.</param>
    /// <param name="start">The offset of the message.</param>
    /// <param name="hasEnded">Whether the peer has ended the connection.</param>
    /// <param name="method">The method of the request that a response answers; null for a request.</param>
    public static ReadMessage? At(string bytes, int start, bool hasEnded, string? method)
    {
        var body = bytes.IndexOf("\r\n\r\n", start, StringComparison.Ordinal) + 4;
        if (body < 4)
        {
            return null;
        }

        var text = bytes[start..body];
        if (!IsHead(text, isRequest: method is null))
        {
            return new(new MessageHead(text, []), bytes[body..], hasEnded, "", bytes.Length);
        }

        var head = MessageHead.Parse(text);
        if (method is null ? IsTunnel(head) : IsTunnel(head, method))
        {
            return new(head, bytes[body..], false, "", bytes.Length);
        }

        if (method is not null && (head.Status is < 200 or 204 or 304 || method == "HEAD"))
        {
            return new(head, "", true, "", body);
        }

        if (head["Transfer-Encoding"] is { } coding && coding.EndsWith("chunked", StringComparison.OrdinalIgnoreCase))
        {
            return Chunked(head, bytes, body);
        }

        if (head["Content-Length"] == HeadComparison.Any)
        {
            return new(head, bytes[body..], true, "", bytes.Length);
        }

        if (head["Content-Length"] is { } size
            && int.TryParse(size.Split(',')[0], NumberStyles.None, CultureInfo.InvariantCulture, out var length))
        {
            var end = Math.Min(bytes.Length, body + length);
            return new(head, bytes[body..end], end == body + length, "", end);
        }

        return method is null
            ? new(head, "", true, "", body)
            : new(head, bytes[body..], hasEnded, "", bytes.Length);
    }

    private static bool IsHead(string text, bool isRequest)
    {
        var lines = text.Split("\r\n", StringSplitOptions.RemoveEmptyEntries);
        return lines.Skip(1).All(line => line.Contains(':', StringComparison.Ordinal))
            && (isRequest ? RequestLine() : StatusLine()).IsMatch(lines.FirstOrDefault(""));
    }

    [GeneratedRegex("^[^ ]+ [^ ]+ HTTP/1\\.[01]$")]
    private static partial Regex RequestLine();

    [GeneratedRegex("^HTTP/[0-9.]+ [0-9]+( .*)?$")]
    private static partial Regex StatusLine();

    private static bool IsTunnel(MessageHead request) =>
        (request["Upgrade"] ?? "").Contains("websocket", StringComparison.OrdinalIgnoreCase);

    private static bool IsTunnel(MessageHead response, string method) =>
        response.Status == 101 || (method == "CONNECT" && response.Status / 100 == 2);

    private static ReadMessage Chunked(MessageHead head, string bytes, int at)
    {
        var content = "";
        while (true)
        {
            var line = bytes.IndexOf("\r\n", at, StringComparison.Ordinal);
            if (line < 0)
            {
                return new(head, content, false, "", bytes.Length);
            }

            var size = bytes[at..line].Split(';')[0].Trim();
            if (!int.TryParse(size, NumberStyles.HexNumber, CultureInfo.InvariantCulture, out var length))
            {
                throw new InvalidDataException($"No size of a chunk: '{bytes[at..line]}'");
            }

            at = line + 2;
            if (length == 0)
            {
                return Trailed(head, content, bytes, at);
            }

            content += bytes[at..Math.Min(bytes.Length, at + length)];
            if (bytes.Length < at + length + 2)
            {
                return new(head, content, false, "", bytes.Length);
            }

            at += length + 2;
        }
    }

    private static ReadMessage Trailed(MessageHead head, string content, string bytes, int at)
    {
        if (at + 2 <= bytes.Length && bytes[at..(at + 2)] == "\r\n")
        {
            return new(head, content, true, "", at + 2);
        }

        var end = bytes.IndexOf("\r\n\r\n", at, StringComparison.Ordinal);
        return end < 0
            ? new(head, content, false, "", bytes.Length)
            : new(head, content, true, bytes[at..(end + 2)], end + 4);
    }
}
