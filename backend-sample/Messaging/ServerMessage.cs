using System.Buffers;
using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace WsBalancer.BackendSample.Messaging;

/// <summary>The messages that a node sends to clients, each as the bytes of one text message.</summary>
internal static class ServerMessage
{
    private const string SecondsOfUtc = "yyyy-MM-ddTHH:mm:ssZ";

    // Never part of an HTML page, so "ö" and "'" need no escaping.
    internal static readonly JsonWriterOptions Readable =
        new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public static ReadOnlyMemory<byte> Welcome(string node, string user) =>
        Write("welcome", ("node", node), ("user", user));

    /// <param name="node">The name of this node.</param>
    /// <param name="user">The user who has connected.</param>
    /// <param name="position">The position in the user's channel; null if it is not known.</param>
    /// <param name="isRecovered">Whether the missed messages follow; null if no position was sent.</param>
    public static ReadOnlyMemory<byte> Welcome(
        string node, string user, ChannelPosition? position, bool? isRecovered) =>
        Write("welcome", position, isRecovered, default, ("node", node), ("user", user));

    public static ReadOnlyMemory<byte> Joined(string room) => Write("joined", ("room", room));

    /// <inheritdoc cref="Welcome(string, string, ChannelPosition?, bool?)"/>
    public static ReadOnlyMemory<byte> Joined(string room, ChannelPosition position, bool? isRecovered) =>
        Write("joined", position, isRecovered, default, ("room", room));

    public static ReadOnlyMemory<byte> Left(string room) => Write("left", ("room", room));

    /// <param name="reason">The reason, in words.</param>
    /// <param name="id">The id of the client's message; null if it had none.</param>
    public static ReadOnlyMemory<byte> Error(string reason, string? id) => id is null
        ? Write("error", ("reason", reason))
        : Write("error", ("id", id), ("reason", reason));

    /// <summary>The message with this id is stored at the position.</summary>
    public static ReadOnlyMemory<byte> Ack(string id, string channel, ChannelPosition position) =>
        Write("ack", position, null, default, ("id", id), ("channel", channel));

    /// <summary>Stored messages up to the position, and including it, may have been missed.</summary>
    public static ReadOnlyMemory<byte> Gap(string channel, ChannelPosition position) =>
        Write("gap", position, null, default, ("channel", channel));

    /// <summary>The node accepted the token of a connected client.</summary>
    public static ReadOnlyMemory<byte> Authenticated(string user, DateTimeOffset expires) => Write(
        "auth", ("user", user), ("expires", expires.UtcDateTime.ToString(SecondsOfUtc, CultureInfo.InvariantCulture)));

    /// <summary>The token of the client has expired.</summary>
    /// <param name="delay">After which time the connection is closed without a new one.</param>
    public static ReadOnlyMemory<byte> TokenExpired(TimeSpan delay) => Notice("token_expired", "closeInMs"u8, delay);

    /// <summary>The node stops.</summary>
    /// <param name="delay">After which time the connection is closed.</param>
    public static ReadOnlyMemory<byte> Draining(TimeSpan delay) => Notice("drain", "reconnectInMs"u8, delay);

    public static ReadOnlyMemory<byte> Typing(string room, string from, string node) =>
        Write("typing", ("room", room), ("from", from), ("node", node));

    public static ReadOnlyMemory<byte> Direct(
        string from, string to, string node, string? id, ReadOnlySequence<byte> payload) => id is null
        ? Write("direct", null, null, payload, ("from", from), ("to", to), ("node", node))
        : Write("direct", null, null, payload, ("id", id), ("from", from), ("to", to), ("node", node));

    public static ReadOnlyMemory<byte> Room(
        string room, string from, string node, string? id, ReadOnlySequence<byte> payload) => id is null
        ? Write("room", null, null, payload, ("room", room), ("from", from), ("node", node))
        : Write("room", null, null, payload, ("id", id), ("room", room), ("from", from), ("node", node));

    /// <summary>Adds the position to a stored message, which is a JSON object.</summary>
    public static ReadOnlyMemory<byte> Stamp(ReadOnlyMemory<byte> message, ChannelPosition position)
    {
        var suffix = new ArrayBufferWriter<byte>(64);
        using (var json = new Utf8JsonWriter(suffix, Readable))
        {
            json.WriteStartObject();
            WritePosition(json, position);
            json.WriteEndObject();
        }

        // The object of the position, without its opening brace, continues the message without its closing one.
        var stamped = new byte[message.Length + suffix.WrittenCount - 1];
        message.Span[..^1].CopyTo(stamped);
        stamped[message.Length - 1] = (byte)',';
        suffix.WrittenSpan[1..].CopyTo(stamped.AsSpan(message.Length));
        return stamped;
    }

    private static ReadOnlyMemory<byte> Write(string type, params ReadOnlySpan<(string Name, string Value)> fields) =>
        Write(type, null, null, default, fields);

    private static ReadOnlyMemory<byte> Write(
        string type,
        ChannelPosition? position,
        bool? isRecovered,
        ReadOnlySequence<byte> payload,
        params ReadOnlySpan<(string Name, string Value)> fields)
    {
        var bytes = new ArrayBufferWriter<byte>(128 + (int)payload.Length);
        using var json = new Utf8JsonWriter(bytes, Readable);
        json.WriteStartObject();
        json.WriteString("type", type);
        foreach (var (name, value) in fields)
        {
            json.WriteString(name, value);
        }

        if (position is { } known)
        {
            WritePosition(json, known);
        }

        if (isRecovered is { } recovered)
        {
            json.WriteBoolean("recovered", recovered);
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

    private static ReadOnlyMemory<byte> Notice(string reason, ReadOnlySpan<byte> field, TimeSpan delay)
    {
        var bytes = new ArrayBufferWriter<byte>(128);
        using var json = new Utf8JsonWriter(bytes);
        json.WriteStartObject();
        json.WriteString("type", "notice");
        json.WriteString("reason", reason);
        json.WriteNumber(field, (long)delay.TotalMilliseconds);
        json.WriteEndObject();
        json.Flush();
        return bytes.WrittenMemory;
    }

    internal static void WritePosition(Utf8JsonWriter json, ChannelPosition position)
    {
        json.WriteString("epoch", position.Epoch);
        json.WriteNumber("offset", position.Offset);
    }
}
