using System.Buffers;
using System.Text;
using System.Text.Json;

namespace WsBalancer.BackendSample.Messaging;

/// <summary>The known fields of a client's message. Other fields are skipped, but must be valid JSON.</summary>
internal sealed class ClientMessageFields
{
    /// <summary>
    /// More bytes than any valid name needs, even if it is escaped: only this much of a longer text is read.
    /// </summary>
    private const int LongestText = 8 * 1024;

    public string? Type { get; private set; }

    public string? To { get; private set; }

    public string? Room { get; private set; }

    public string? Token { get; private set; }

    public string? Id { get; private set; }

    /// <summary>Whether <c>id</c> is present, but not a text of a valid length.</summary>
    public bool HasInvalidId { get; private set; }

    /// <summary>Whether <c>since</c> is present, even as null.</summary>
    public bool HasSince { get; private set; }

    /// <summary>Whether <c>since</c> is neither null nor a position.</summary>
    public bool HasInvalidSince { get; private set; }

    public ChannelPosition? Since { get; private set; }

    /// <summary>The number in <c>before</c>; null without one, negative if it is not a whole number.</summary>
    public long? Before { get; private set; }

    /// <summary>The number in <c>limit</c>, in the same form.</summary>
    public long? Limit { get; private set; }

    public string? Text { get; private set; }

    public string? From { get; private set; }

    /// <summary>Whether <c>from</c> is present, but not a text of a valid length.</summary>
    public bool HasInvalidFrom { get; private set; }

    /// <summary>The JSON of <c>data</c>, uninterpreted; empty if absent.</summary>
    public ReadOnlySequence<byte> Payload { get; private set; }

    /// <summary>Reads the whole text, so that no malformed text is accepted.</summary>
    /// <returns>Null if the text is JSON but not an object.</returns>
    /// <exception cref="JsonException">The text is not JSON.</exception>
    public static ClientMessageFields? Read(ReadOnlySequence<byte> json)
    {
        var reader = new Utf8JsonReader(json);
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

        // Reads past the closing brace: throws if anything but white space follows.
        reader.Read();
        return fields;
    }

    private void ReadField(ref Utf8JsonReader reader, ReadOnlySequence<byte> json)
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
        else if (reader.ValueTextEquals("token"u8))
        {
            Token = ReadText(ref reader);
        }
        else if (reader.ValueTextEquals("id"u8))
        {
            Id = ReadText(ref reader);
            HasInvalidId = Id is not { Length: > 0 and <= ClientMessage.MaxIdLength };
        }
        else if (reader.ValueTextEquals("since"u8))
        {
            HasSince = true;
            HasInvalidSince = !TryReadSince(ref reader);
        }
        else if (reader.ValueTextEquals("from"u8))
        {
            From = ReadText(ref reader);
            HasInvalidFrom = From is not { Length: > 0 and <= ClientMessage.MaxUserLength };
        }
        else if (!TryReadQuery(ref reader))
        {
            var isPayload = reader.ValueTextEquals("data"u8);
            var raw = ReadRaw(ref reader, json);
            Payload = isPayload ? raw : Payload;
        }
    }

    /// <summary>Reads a field of a request for stored messages.</summary>
    /// <returns>False if the field is another one: then nothing is read.</returns>
    private bool TryReadQuery(ref Utf8JsonReader reader)
    {
        if (reader.ValueTextEquals("before"u8))
        {
            Before = ReadNumber(ref reader);
        }
        else if (reader.ValueTextEquals("limit"u8))
        {
            Limit = ReadNumber(ref reader);
        }
        else if (reader.ValueTextEquals("text"u8))
        {
            Text = ReadText(ref reader);
        }
        else
        {
            return false;
        }

        return true;
    }

    private bool TryReadSince(ref Utf8JsonReader reader)
    {
        reader.Read();
        if (reader.TokenType is not JsonTokenType.StartObject)
        {
            reader.Skip();
            return reader.TokenType is JsonTokenType.Null;
        }

        var (epoch, offset) = ((string?)null, -1L);
        while (reader.Read() && reader.TokenType is JsonTokenType.PropertyName)
        {
            if (reader.ValueTextEquals("epoch"u8))
            {
                epoch = ReadText(ref reader);
            }
            else if (reader.ValueTextEquals("offset"u8))
            {
                offset = ReadNumber(ref reader) ?? -1;
            }
            else
            {
                reader.Skip();
            }
        }

        var isPosition = epoch is { Length: > 0 and <= ChannelPosition.MaxEpochLength } && offset >= 0;
        Since = isPosition ? new ChannelPosition(epoch!, offset) : null;
        return isPosition;
    }

    /// <returns>Null for null, and -1 for anything but a whole number.</returns>
    private static long? ReadNumber(ref Utf8JsonReader reader)
    {
        reader.Read();
        if (reader.TokenType is JsonTokenType.Number && reader.TryGetInt64(out var number))
        {
            return number;
        }

        reader.Skip();
        return reader.TokenType is JsonTokenType.Null ? null : -1;
    }

    private static string? ReadText(ref Utf8JsonReader reader)
    {
        reader.Read();
        if (reader.TokenType is not JsonTokenType.String)
        {
            reader.Skip();
            return null;
        }

        return reader is { HasValueSequence: true, ValueSequence.Length: > LongestText }
            ? Encoding.UTF8.GetString(reader.ValueSequence.Slice(0, LongestText))
            : reader.GetString();
    }

    private static ReadOnlySequence<byte> ReadRaw(ref Utf8JsonReader reader, ReadOnlySequence<byte> json)
    {
        reader.Read();
        var start = reader.TokenStartIndex;
        reader.Skip();
        return json.Slice(start, reader.BytesConsumed - start);
    }
}
