using System.Buffers;
using System.Text.Json;

namespace WsBalancer.Proxy.Access;

/// <summary>Writes lines of JSON, in ASCII: everything else is escaped. Fields without a value are left out.</summary>
internal sealed class JsonAccessLine : IAccessFields
{
    private readonly Utf8JsonWriter _json;

    private JsonAccessLine(Utf8JsonWriter json) => _json = json;

    public static void Write(AccessEntry entry, UserIdForm userId, IBufferWriter<byte> lines)
    {
        using (var json = new Utf8JsonWriter(lines))
        {
            json.WriteStartObject();
            entry.WriteTo(new JsonAccessLine(json), userId);
            json.WriteEndObject();
        }

        lines.Write("\n"u8);
    }

    public void Text(string name, string? value)
    {
        if (value is not null)
        {
            _json.WriteString(name, value);
        }
    }

    public void Number(string name, long? value)
    {
        if (value is { } number)
        {
            _json.WriteNumber(name, number);
        }
    }

    public void Flag(string name, bool? value)
    {
        if (value is { } flag)
        {
            _json.WriteBoolean(name, flag);
        }
    }

    public void Milliseconds(string name, TimeSpan? value)
    {
        if (value is { } span)
        {
            _json.WriteNumber(name, Math.Round(span.TotalMilliseconds, 3));
        }
    }
}
