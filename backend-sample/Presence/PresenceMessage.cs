using System.Buffers;
using System.Text.Json;
using WsBalancer.BackendSample.Messaging;

namespace WsBalancer.BackendSample.Presence;

/// <summary>The messages about presence that a node sends to clients.</summary>
internal static class PresenceMessage
{
    private const int BytesOfUser = 64;

    private static ReadOnlySpan<byte> Beginning => "{\"type\":\"presence\""u8;

    /// <summary>The answer to a request. The number of all users is included if some are not.</summary>
    public static ReadOnlyMemory<byte> Answer(string room, PresenceView view) => Write(room, view.Users.Count, json =>
    {
        WriteUsers(json, "users", view.Users);
        if (view.Total > view.Users.Count)
        {
            json.WriteNumber("total", view.Total);
        }

        if (view.IsPartial)
        {
            json.WriteBoolean("partial", true);
        }
    });

    /// <summary>Adds the id of a request to the answer.</summary>
    public static ReadOnlyMemory<byte> WithId(ReadOnlyMemory<byte> answer, string id)
    {
        var field = JsonSerializer.SerializeToUtf8Bytes(id);
        return (byte[])[
            .. answer.Span[..Beginning.Length], .. ",\"id\":"u8, .. field, .. answer.Span[Beginning.Length..]];
    }

    /// <summary>The changes of a room.</summary>
    /// <param name="room">The room.</param>
    /// <param name="joined">Users who are in the room, with new devices or nodes.</param>
    /// <param name="left">Users who are in it no more.</param>
    public static ReadOnlyMemory<byte> Change(
        string room, IReadOnlyList<UserPresence> joined, IReadOnlyList<string> left) =>
        Write(room, joined.Count + left.Count, json =>
        {
            WriteUsers(json, "joined", joined);
            json.WriteStartArray("left");
            foreach (var user in left)
            {
                json.WriteStringValue(user);
            }

            json.WriteEndArray();
        });

    private static ReadOnlyMemory<byte> Write(string room, int users, Action<Utf8JsonWriter> write)
    {
        var bytes = new ArrayBufferWriter<byte>((users + 1) * BytesOfUser);
        using var json = new Utf8JsonWriter(bytes, ServerMessage.Readable);
        json.WriteStartObject();
        json.WriteString("type", "presence");
        json.WriteString("room", room);
        write(json);
        json.WriteEndObject();
        json.Flush();
        return bytes.WrittenMemory;
    }

    private static void WriteUsers(Utf8JsonWriter json, string name, IReadOnlyList<UserPresence> users)
    {
        json.WriteStartArray(name);
        foreach (var user in users)
        {
            json.WriteStartObject();
            json.WriteString("user", user.User);
            json.WriteNumber("devices", user.Devices);
            json.WriteStartArray("nodes");
            foreach (var node in user.Nodes)
            {
                json.WriteStringValue(node);
            }

            json.WriteEndArray();
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }
}
