using System.Buffers;
using System.Text.Json;

namespace WsBalancer.BackendSample.Messaging;

/// <summary>
/// The kind of a client's message. <see cref="Invalid"/> contains the reason to return to the client.
/// </summary>
internal enum ClientMessageKind
{
    Invalid,
    Echo,
    Direct,
    Join,
    Leave,
    Room,
    Typing,
    Auth,
    Presence,
    History,
    Search,
}

/// <summary>One parsed text message of a client.</summary>
/// <param name="Kind">The requested operation.</param>
/// <param name="Target">The user of a direct message, the room, or the token; empty for the others.</param>
/// <param name="Payload">
/// The JSON of <c>data</c>, as sent: a slice of the received bytes, valid as long as those are.
/// </param>
/// <param name="Reason">The reason why the message is invalid; empty otherwise.</param>
internal readonly record struct ClientMessage(
    ClientMessageKind Kind, string Target, ReadOnlySequence<byte> Payload, string Reason)
{
    /// <summary>The longest room name, in UTF-16 units: Centrifugo's limit for a channel name.</summary>
    public const int MaxRoomLength = 255;

    /// <summary>The longest user id, in UTF-16 units.</summary>
    public const int MaxUserLength = 1024;

    /// <summary>The longest message id, in UTF-16 units.</summary>
    public const int MaxIdLength = 128;

    /// <summary>
    /// The client's id of the message, which is repeated in the answer; null without one. A direct or room message with
    /// an id is stored before it is acknowledged.
    /// </summary>
    public string? Id { get; private init; }

    /// <summary>The recovery that a join requests; null for none.</summary>
    public RecoveryRequest? Recovery { get; private init; }

    /// <summary>The stored messages that a history or a search requests; null for other messages.</summary>
    public MessageQuery? Query { get; private init; }

    public static ClientMessage Parse(ReadOnlySequence<byte> json)
    {
        try
        {
            var fields = ClientMessageFields.Read(json);
            return Understand(fields) with { Id = fields is { HasInvalidId: false } ? fields.Id : null };
        }
        catch (JsonException malformed)
        {
            return Invalid(ReasonOf(malformed));
        }
        catch (InvalidOperationException)
        {
            // The JSON reader throws this for a lone surrogate such as "\ud800", which could not be forwarded as UTF-8.
            return Invalid("a text holds half of a surrogate pair");
        }
    }

    /// <summary>Where a text is not JSON, in words for its sender.</summary>
    internal static string ReasonOf(JsonException malformed) =>
        $"not valid JSON, from byte {malformed.BytePositionInLine} of line {malformed.LineNumber + 1}";

    private static ClientMessage Understand(ClientMessageFields? fields) => fields switch
    {
        null => Invalid("expected a JSON object, for example {\"type\":\"join\",\"room\":\"r\"}"),
        { Type: null } => Invalid("'type' is missing or not a text"),
        { Type: "echo" } => new(ClientMessageKind.Echo, "", default, ""),
        { HasInvalidId: true } => Invalid($"'id' is not a text of 1 to {MaxIdLength} characters"),
        { Type: "direct" } => Addressed(ClientMessageKind.Direct, "to", fields.To, MaxUserLength, fields.Payload),
        { Type: "room" } => Addressed(ClientMessageKind.Room, "room", fields.Room, MaxRoomLength, fields.Payload),
        { Type: "auth", Token: { Length: > 0 } token } => new(ClientMessageKind.Auth, token, default, ""),
        { Type: "auth" } => Invalid("'token' is missing, empty or not a text"),
        { Type: "join" } => Joining(fields),
        { Type: "leave" } => Named(ClientMessageKind.Leave, "room", fields.Room, MaxRoomLength),
        { Type: "presence" } => Named(ClientMessageKind.Presence, "room", fields.Room, MaxRoomLength),
        { Type: "typing" } => Named(ClientMessageKind.Typing, "room", fields.Room, MaxRoomLength),
        { Type: "history" } => Reading(ClientMessageKind.History, fields, text: null),
        { Type: "search" } => Reading(ClientMessageKind.Search, fields, fields.Text ?? ""),
        _ => Invalid($"unknown type '{Shortened(fields.Type)}': PROTOCOL.md has the types"),
    };

    private static ClientMessage Joining(ClientMessageFields fields) => fields.HasInvalidSince
        ? Invalid("'since' is neither null nor a position such as {\"epoch\":\"5b0f\",\"offset\":12}")
        : Named(ClientMessageKind.Join, "room", fields.Room, MaxRoomLength) with
        {
            Recovery = fields.HasSince ? new RecoveryRequest(fields.Since) : null,
        };

    private static ClientMessage Reading(ClientMessageKind kind, ClientMessageFields fields, string? text)
    {
        var message = Named(kind, "room", fields.Room, MaxRoomLength);
        if (message.Kind is ClientMessageKind.Invalid)
        {
            return message;
        }

        var (query, reason) = MessageQuery.Create(fields.Before, fields.Limit, text);
        return query is null ? Invalid(reason) : message with { Query = query };
    }

    private static ClientMessage Addressed(
        ClientMessageKind kind, string field, string? target, int longest, ReadOnlySequence<byte> payload)
    {
        var message = Named(kind, field, target, longest);
        if (message.Kind is ClientMessageKind.Invalid)
        {
            return message;
        }

        return payload.IsEmpty ? Invalid("'data' is missing") : message with { Payload = payload };
    }

    private static ClientMessage Named(ClientMessageKind kind, string field, string? target, int longest)
    {
        if (string.IsNullOrEmpty(target))
        {
            return Invalid($"'{field}' is missing, empty or not a text");
        }

        return target.Length > longest
            ? Invalid($"'{field}' is longer than {longest} characters")
            : new(kind, target, default, "");
    }

    private static ClientMessage Invalid(string reason) => new(ClientMessageKind.Invalid, "", default, reason);

    private static string Shortened(string text) => text.Length <= 40 ? text : $"{text[..40]}…";
}
