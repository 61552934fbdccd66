using System.Text;
using System.Text.Json;
using WsBalancer.Proxy;

namespace WsBalancer.Cli.Output;

/// <summary>
/// Writes a JSON document as YAML 1.2, in block style, with its fields in their order. A number keeps its digits; a
/// string is in double quotes unless every version of YAML reads it as that string without them. A character that moves
/// the cursor or that a terminal does not show is escaped, which serializers of YAML do only for some of them.
/// </summary>
internal static class YamlText
{
    // Booleans and null of YAML 1.1 and 1.2.
    private static readonly HashSet<string> Reserved =
        new(["y", "n", "yes", "no", "on", "off", "true", "false", "null"], StringComparer.OrdinalIgnoreCase);

    /// <returns>Lines, the last of which ends with a line feed.</returns>
    public static string Of(string json)
    {
        using var document = JsonDocument.Parse(json);
        var yaml = new StringBuilder();
        Write(yaml, document.RootElement, indent: 0, isInList: true);
        return yaml.ToString();
    }

    // The text before the value ends with a colon, with the hyphen of a list and a space, or is empty.
    private static void Write(StringBuilder yaml, JsonElement value, int indent, bool isInList)
    {
        switch (value.ValueKind)
        {
            case JsonValueKind.Object when value.EnumerateObject().Any():
                WriteObject(yaml, value, indent, isInList);
                break;
            case JsonValueKind.Array when value.GetArrayLength() > 0:
                WriteArray(yaml, value, indent, isInList);
                break;
            default:
                yaml.Append(isInList ? "" : " ").Append(ScalarOf(value)).Append('\n');
                break;
        }
    }

    private static void WriteObject(StringBuilder yaml, JsonElement value, int indent, bool isInList)
    {
        // The first field of an object in a list is on the line of its hyphen.
        var isOnNewLine = !isInList;
        yaml.Append(isOnNewLine ? "\n" : "");
        foreach (var field in value.EnumerateObject())
        {
            yaml.Append(' ', isOnNewLine ? indent : 0).Append(StringOf(field.Name)).Append(':');
            var below = field.Value.ValueKind is JsonValueKind.Array ? indent : indent + 2;
            Write(yaml, field.Value, below, isInList: false);
            isOnNewLine = true;
        }
    }

    private static void WriteArray(StringBuilder yaml, JsonElement value, int indent, bool isInList)
    {
        var isOnNewLine = !isInList;
        yaml.Append(isOnNewLine ? "\n" : "");
        foreach (var item in value.EnumerateArray())
        {
            yaml.Append(' ', isOnNewLine ? indent : 0).Append("- ");
            Write(yaml, item, indent + 2, isInList: true);
            isOnNewLine = true;
        }
    }

    private static string ScalarOf(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.Object => "{}",
        JsonValueKind.Array => "[]",
        JsonValueKind.String => StringOf(value.GetString() ?? ""),
        JsonValueKind.Number => NumberOf(value.GetRawText()),
        _ => value.GetRawText(),
    };

    private static string StringOf(string text)
    {
        var isPlain = text.Length > 0 && char.IsAsciiLetter(text[0])
            && text.All(static letter => char.IsAsciiLetterOrDigit(letter) || letter is '-' or '_' or '.' or '/')
            && !Reserved.Contains(text);
        return isPlain ? text : Quoted(text);
    }

    // The escapes of visible text are those of YAML too, except that of the quotation mark.
    private static string Quoted(string text) =>
        $"\"{VisibleText.Of(text).Replace("\"", "\\\"", StringComparison.Ordinal)}\"";

    // YAML 1.1 reads an exponent as a number only behind a point.
    private static string NumberOf(string digits) => digits.IndexOfAny(['e', 'E']) is var exponent and > 0
        && !digits.Contains('.', StringComparison.Ordinal)
            ? digits.Insert(exponent, ".0")
            : digits;
}
