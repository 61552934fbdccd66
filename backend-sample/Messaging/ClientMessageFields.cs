using System.Text.Json;

namespace WsBalancer.BackendSample.Messaging;

/// <summary>The fields of a client's message that mean something; the others are skipped, yet must be JSON.</summary>
internal sealed class ClientMessageFields
{
    public string? Type { get; private set; }

    public string? To { get; private set; }

    public string? Room { get; private set; }

    /// <summary>The JSON of <c>data</c>, uninterpreted; empty if absent.</summary>
    public ReadOnlyMemory<byte> Payload { get; private set; }

    /// <summary>Reads the whole text, so that nothing malformed passes.</summary>
    /// <returns>Null if the text is JSON but no object.</returns>
    /// <exception cref="JsonException">It is not JSON.</exception>
    public static ClientMessageFields? Read(ReadOnlyMemory<byte> json)
    {
        var reader = new Utf8JsonReader(json.Span);
        reader.Read();
        if (reader.TokenType is not JsonTokenType.StartObject)
        {
            return null;
        }

        var fields = new ClientMessageFields();
        while (reader.Read() && reader.TokenType is JsonTokenType.PropertyName)
        {
            fields.ReadField(ref reader, json);
        }

        // Past the closing brace: throws if anything but white space follows.
        reader.Read();
        return fields;
    }

    private void ReadField(ref Utf8JsonReader reader, ReadOnlyMemory<byte> json)
    {
        if (reader.ValueTextEquals("type"u8))
        {
            Type = ReadText(ref reader);
        }
        else if (reader.ValueTextEquals("to"u8))
        {
            To = ReadText(ref reader);
        }
        else if (reader.ValueTextEquals("room"u8))
        {
            Room = ReadText(ref reader);
        }
        else
        {
            var isPayload = reader.ValueTextEquals("data"u8);
            var raw = ReadRaw(ref reader, json);
            Payload = isPayload ? raw : Payload;
        }
    }

    private static string? ReadText(ref Utf8JsonReader reader)
    {
        reader.Read();
        if (reader.TokenType is JsonTokenType.String)
        {
            return reader.GetString();
        }

        reader.Skip();
        return null;
    }

    private static ReadOnlyMemory<byte> ReadRaw(ref Utf8JsonReader reader, ReadOnlyMemory<byte> json)
    {
        reader.Read();
        var start = (int)reader.TokenStartIndex;
        reader.Skip();
        return json[start..(int)reader.BytesConsumed];
    }
}
