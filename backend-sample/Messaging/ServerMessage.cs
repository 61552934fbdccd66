using System.Buffers;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace WsBalancer.BackendSample.Messaging;

/// <summary>The messages that a node sends to clients, each as the bytes of one text message.</summary>
internal static class ServerMessage
{
    // Never part of an HTML page, so "ö" and "'" need no escaping.
    private static readonly JsonWriterOptions Readable =
        new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public static ReadOnlyMemory<byte> Welcome(string node, string user) =>
        Write("welcome", ("node", node), ("user", user));

    public static ReadOnlyMemory<byte> Joined(string room) => Write("joined", ("room", room));

    public static ReadOnlyMemory<byte> Left(string room) => Write("left", ("room", room));

    public static ReadOnlyMemory<byte> Error(string reason) => Write("error", ("reason", reason));

    public static ReadOnlyMemory<byte> Direct(string from, string to, string node, ReadOnlySequence<byte> payload) =>
        Write("direct", payload, ("from", from), ("to", to), ("node", node));

    public static ReadOnlyMemory<byte> Room(string room, string from, string node, ReadOnlySequence<byte> payload) =>
        Write("room", payload, ("room", room), ("from", from), ("node", node));

    private static ReadOnlyMemory<byte> Write(string type, params ReadOnlySpan<(string Name, string Value)> fields) =>
        Write(type, default, fields);

    private static ReadOnlyMemory<byte> Write(
        string type, ReadOnlySequence<byte> payload, params ReadOnlySpan<(string Name, string Value)> fields)
    {
        var bytes = new ArrayBufferWriter<byte>(128 + (int)payload.Length);
        using var json = new Utf8JsonWriter(bytes, Readable);
        json.WriteStartObject();
        json.WriteString("type", type);
        foreach (var (name, value) in fields)
        {
            json.WriteString(name, value);
        }

        if (!payload.IsEmpty)
        {
            json.WritePropertyName("data");
            // The payload was validated when it was read from the client; it is forwarded exactly as sent.
            json.WriteRawValue(payload, skipInputValidation: true);
        }

        json.WriteEndObject();
        json.Flush();
        return bytes.WrittenMemory;
    }
}
