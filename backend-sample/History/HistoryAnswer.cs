using System.Buffers;
using System.Text.Json;
using WsBalancer.BackendSample.Channels;
using WsBalancer.BackendSample.Messaging;

namespace WsBalancer.BackendSample.History;

/// <summary>The answers to requests for stored messages, each as the bytes of one text message.</summary>
internal static class HistoryAnswer
{
    /// <summary>How searches find messages. There is no index.</summary>
    private const string Scan = "scan";

    public static ReadOnlyMemory<byte> History(string room, string? id, ChannelWindow page)
    {
        var bytes = new ArrayBufferWriter<byte>(SizeOf(page.Messages));
        using var json = Begin(bytes, "history", room, id);
        json.WriteString("epoch", page.Top.Epoch);
        WriteMessages(json, page.Messages);
        json.WriteEndObject();
        json.Flush();
        return bytes.WrittenMemory;
    }

    public static ReadOnlyMemory<byte> Search(string room, string? id, MessageSearch search)
    {
        var bytes = new ArrayBufferWriter<byte>(SizeOf(search.Found));
        using var json = Begin(bytes, "search", room, id);
        WriteMessages(json, search.Found);
        json.WriteNumber("scanned", search.Scanned);
        json.WriteString("index", Scan);
        json.WriteEndObject();
        json.Flush();
        return bytes.WrittenMemory;
    }

    // Each message has about 50 bytes more with its position.
    private static int SizeOf(IReadOnlyList<StoredMessage> messages) =>
        256 + messages.Sum(message => message.Bytes.Length + 64);

    private static Utf8JsonWriter Begin(ArrayBufferWriter<byte> bytes, string type, string room, string? id)
    {
        var json = new Utf8JsonWriter(bytes, ServerMessage.Readable);
        json.WriteStartObject();
        json.WriteString("type", type);
        if (id is not null)
        {
            json.WriteString("id", id);
        }

        json.WriteString("room", room);
        return json;
    }

    private static void WriteMessages(Utf8JsonWriter json, IReadOnlyList<StoredMessage> messages)
    {
        json.WriteStartArray("messages");
        foreach (var message in messages)
        {
            json.WriteRawValue(
                ServerMessage.Stamp(message.Bytes, message.Position).Span, skipInputValidation: true);
        }

        json.WriteEndArray();
    }
}
