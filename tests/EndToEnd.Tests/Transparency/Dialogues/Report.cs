using System.Globalization;
using System.Text;

namespace WsBalancer.EndToEnd.Tests.Transparency.Dialogues;

/// <summary>Bytes in a readable form.</summary>
internal static class Report
{
    private const int Longest = 2_000;

    /// <summary>A single line: each byte that is not printable ASCII is escaped, and a long text is cut.</summary>
    public static string Line(string bytes)
    {
        var line = new StringBuilder();
        foreach (var each in bytes.Take(Longest))
        {
            _ = each switch
            {
                '\r' => line.Append("\\r"),
                '\n' => line.Append("\\n"),
                < ' ' or > '~' => line.Append(CultureInfo.InvariantCulture, $"\\x{(int)each:x2}"),
                _ => line.Append(each),
            };
        }

        return bytes.Length > Longest ? $"{line}… ({bytes.Length} bytes)" : line.ToString();
    }

    /// <summary>The lines of a transcript: one for each line of the bytes, marked at its front.</summary>
    public static string Block(string title, string bytes)
    {
        var block = new StringBuilder($"--- {title}\n");
        foreach (var line in bytes.TrimEnd('\n').Split('\n').Where(line => line.Length > 0))
        {
            block.Append("  | ").Append(Line(line)).Append('\n');
        }

        return block.ToString();
    }
}
