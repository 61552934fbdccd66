namespace WsBalancer.EndToEnd.Tests.Wire;

/// <summary>The head of an HTTP/1.1 request or response exactly as received, in order and with repetitions.</summary>
internal sealed record MessageHead(string StartLine, IReadOnlyList<KeyValuePair<string, string>> Headers)
{
    /// <summary>The whole head, with one character for each byte.</summary>
    public string Text { get; private init; } = "";

    /// <summary>The values of a header, joined as HTTP allows; null if there is none.</summary>
    public string? this[string name] => All(name) is { Count: > 0 } values ? string.Join(", ", values) : null;

    /// <summary>The status of a response.</summary>
    public int Status => int.Parse(StartLine.Split(' ')[1], System.Globalization.CultureInfo.InvariantCulture);

    /// <summary>The target of a request: path and query.</summary>
    public string Target => StartLine.Split(' ')[1];

    /// <summary>The value of a parameter in a request's query, undecoded; null if there is none.</summary>
    public string? Query(string name) =>
        Target.Split('?', '&').Skip(1).FirstOrDefault(part => part.StartsWith(name + "=", StringComparison.Ordinal))
            ?[(name.Length + 1)..];

    public IReadOnlyList<string> All(string name) =>
        [.. from header in Headers
            where header.Key.Equals(name, StringComparison.OrdinalIgnoreCase)
            select header.Value];

    public static MessageHead Parse(string text)
    {
        var lines = text.Split("\r\n", StringSplitOptions.RemoveEmptyEntries);

        return new MessageHead(lines[0], [.. lines.Skip(1).Select(ParseHeader)]) { Text = text };
    }

    private static KeyValuePair<string, string> ParseHeader(string line)
    {
        var colon = line.IndexOf(':');

        return KeyValuePair.Create(line[..colon], line[(colon + 1)..].Trim());
    }
}
