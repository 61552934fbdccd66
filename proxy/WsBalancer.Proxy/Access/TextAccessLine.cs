using System.Buffers;
using System.Globalization;
using System.Text;

namespace WsBalancer.Proxy.Access;

/// <summary>
/// Writes lines of <c>name=value</c>, in an order that never changes. A field without a value is <c>-</c>; a value with
/// a space or a quotation mark, or that is <c>-</c>, is quoted.
/// </summary>
internal sealed class TextAccessLine : IAccessFields
{
    private const string None = "-";

    private readonly StringBuilder _line = new();

    private TextAccessLine()
    {
    }

    public static void Write(AccessEntry entry, UserIdForm userId, IBufferWriter<byte> lines)
    {
        var line = new TextAccessLine();
        entry.WriteTo(line, userId);
        Encoding.UTF8.GetBytes(line._line.Append('\n').ToString(), lines);
    }

    public void Text(string name, string? value) => Add(name, value is null ? None : Quoted(VisibleText.Of(value)));

    public void Number(string name, long? value) => Add(name, value?.ToString(CultureInfo.InvariantCulture) ?? None);

    public void Flag(string name, bool? value) => Add(name, value switch
    {
        null => None,
        true => "true",
        false => "false",
    });

    public void Milliseconds(string name, TimeSpan? value) => Add(
        name, value?.TotalMilliseconds.ToString("0.###", CultureInfo.InvariantCulture) ?? None);

    private static string Quoted(string text) => text is "" or None || text.AsSpan().ContainsAny(' ', '"')
        ? $"\"{text.Replace("\"", "\\\"", StringComparison.Ordinal)}\""
        : text;

    private void Add(string name, string value)
    {
        if (_line.Length > 0)
        {
            _line.Append(' ');
        }

        _line.Append(name).Append('=').Append(value);
    }
}
