using System.Globalization;
using System.Text;

namespace WsBalancer.Proxy.State;

/// <summary>Text from outside as one short printable line, for the log and for operators.</summary>
internal static class RecordText
{
    private const int Longest = 500;

    /// <summary>
    /// The beginning of a text. Characters that move the cursor or change the direction of writing are written as JSON
    /// escapes; half of a surrogate pair becomes U+FFFD.
    /// </summary>
    public static string Of(string text)
    {
        var line = new StringBuilder();
        foreach (var rune in text.EnumerateRunes())
        {
            if (line.Length >= Longest)
            {
                return line.Append('…').ToString();
            }

            if (Rune.GetUnicodeCategory(rune) is UnicodeCategory.Control or UnicodeCategory.Format
                or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator)
            {
                foreach (var unit in rune.ToString())
                {
                    line.Append(CultureInfo.InvariantCulture, $"\\u{(int)unit:x4}");
                }
            }
            else
            {
                line.Append(rune);
            }
        }

        return line.ToString();
    }
}
