using System.Buffers;
using System.Text.Json;

namespace WsBalancer.BackendSample.History;

/// <summary>The text of a message: every text in its <c>data</c>, at any depth, without the names of fields.</summary>
internal static class MessageText
{
    /// <summary>Whether a text in the data contains the other, whatever the case of their letters.</summary>
    /// <param name="message">The message: a JSON object.</param>
    /// <param name="text">The text to find.</param>
    public static bool Contains(ReadOnlySpan<byte> message, string text)
    {
        var reader = new Utf8JsonReader(message);
        reader.Read();
        while (reader.Read() && reader.TokenType is JsonTokenType.PropertyName)
        {
            var isData = reader.ValueTextEquals("data"u8);
            reader.Read();
            if (!isData)
            {
                reader.Skip();
            }
            else if (IsInValue(ref reader, text))
            {
                return true;
            }
        }

        return false;
    }

    private static bool IsInValue(ref Utf8JsonReader reader, string text)
    {
        var depth = reader.CurrentDepth;
        while (true)
        {
            if (reader.TokenType is JsonTokenType.String && IsInText(ref reader, text))
            {
                return true;
            }

            var isBegin = reader.TokenType is JsonTokenType.StartObject or JsonTokenType.StartArray;
            if (!isBegin && reader.CurrentDepth == depth)
            {
                return false;
            }

            reader.Read();
        }
    }

    private static bool IsInText(ref Utf8JsonReader reader, string text)
    {
        // A text has at most as many UTF-16 units as its JSON has bytes.
        var buffer = ArrayPool<char>.Shared.Rent(reader.ValueSpan.Length);
        try
        {
            var value = buffer.AsSpan(0, reader.CopyString(buffer));
            return ((ReadOnlySpan<char>)value).Contains(text, StringComparison.OrdinalIgnoreCase);
        }
        catch (InvalidOperationException)
        {
            // The reader throws this for half of a surrogate pair: clients may send it, but such a text has no letters
            // to compare.
            return false;
        }
        finally
        {
            ArrayPool<char>.Shared.Return(buffer);
        }
    }
}
