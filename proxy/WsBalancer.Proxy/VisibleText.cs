using System.Globalization;
using System.Text;

namespace WsBalancer.Proxy;

/// <summary>
/// Makes text safe for a terminal, and exact for its reader: invisible characters are written as bash reads them in
/// <c>$'…'</c>. User ids are texts that clients choose. A control sequence in one would be executed by the terminal of
/// the operator who lists it; a line end would forge a row, a bidirectional control reorder the line, and a zero-width
/// space make two ids look equal.
/// </summary>
internal static class VisibleText
{
    /// <summary>
    /// The text with controls, format characters (bidirectional and zero-width ones among them), line and paragraph
    /// separators, spaces other than U+0020, the noncharacters U+FFFE and U+FFFF, and surrogates without their other
    /// half as <c>\n</c>, <c>\x1b</c>, <c>\u202e</c> or <c>\U000e0001</c>, and the backslash doubled, so that no two
    /// texts become the same.
    /// </summary>
    public static string Of(string text)
    {
        StringBuilder? visible = null;
        for (var i = 0; i < text.Length;)
        {
            var isWhole = Rune.TryGetRuneAt(text, i, out var rune);
            var length = isWhole ? rune.Utf16SequenceLength : 1;
            var escape = isWhole ? EscapeOf(rune) : $@"\u{(int)text[i]:x4}";
            if (escape is not null)
            {
                visible ??= new StringBuilder(text, 0, i, text.Length + 16);
                visible.Append(escape);
            }
            else
            {
                visible?.Append(text, i, length);
            }

            i += length;
        }

        return visible?.ToString() ?? text;
    }

    private static string? EscapeOf(Rune rune) => (rune.Value, Rune.GetUnicodeCategory(rune)) switch
    {
        (' ', _) => null,
        ('\\', _) => @"\\",
        ('\n', _) => @"\n",
        ('\r', _) => @"\r",
        ('\t', _) => @"\t",
        (0xfffe or 0xffff, _) => $@"\u{rune.Value:x4}",
        ( < 0x80, UnicodeCategory.Control) => $@"\x{rune.Value:x2}",
        (_, UnicodeCategory.Control or UnicodeCategory.Format or UnicodeCategory.LineSeparator
            or UnicodeCategory.ParagraphSeparator or UnicodeCategory.SpaceSeparator) =>
            rune.IsBmp ? $@"\u{rune.Value:x4}" : $@"\U{rune.Value:x8}",
        _ => null,
    };
}
