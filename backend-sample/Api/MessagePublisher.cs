using System.Buffers;
using System.Text.Json;
using System.Text.Unicode;
using Microsoft.AspNetCore.Http;
using WsBalancer.BackendSample.Channels;
using WsBalancer.BackendSample.Messaging;

namespace WsBalancer.BackendSample.Api;

/// <summary>Publishes the messages of back ends, in the same form as those of clients.</summary>
internal sealed class MessagePublisher(NodeOptions options, IMessageBus bus, IMessageStore store)
{
    /// <param name="route">The user or the room.</param>
    /// <param name="body">The body of the request. Its bytes must be valid until the task completes.</param>
    public async Task<ApiAnswer> PublishAsync(ApiRoute route, ReadOnlySequence<byte> body)
    {
        var message = Publication.Parse(body);
        if (message.Reason.Length > 0)
        {
            return ApiAnswer.Fail(StatusCodes.Status400BadRequest, $"Not a message: {message.Reason}.");
        }

        var isUser = route.Kind is ApiRouteKind.UserMessages;
        var channel = isUser ? ChannelName.User(route.Name) : ChannelName.Room(route.Name);
        var text = isUser
            ? ServerMessage.Direct(message.From, route.Name, options.Name, message.Id, message.Payload)
            : ServerMessage.Room(route.Name, message.From, options.Name, message.Id, message.Payload);

        // The JSON reader does not check the texts in the data, and a client closes a WebSocket with such a message.
        if (!Utf8.IsValid(text.Span))
        {
            return ApiAnswer.Fail(StatusCodes.Status400BadRequest, "Not a message: 'data' is not UTF-8.");
        }

        return message.Id is null ? await SendAsync(channel, text) : await StoreAsync(channel, message, text);
    }

    private async Task<ApiAnswer> SendAsync(string channel, ReadOnlyMemory<byte> text)
    {
        var outcome = await bus.PublishAsync(channel, text);
        return outcome.ReasonAt(options.Name, bus) is { } reason
            ? ApiAnswer.Fail(
                outcome is PublishOutcome.TooLong
                    ? StatusCodes.Status413PayloadTooLarge
                    : StatusCodes.Status503ServiceUnavailable,
                $"{reason}.")
            : new ApiAnswer(StatusCodes.Status202Accepted, Write(channel, position: null));
    }

    private async Task<ApiAnswer> StoreAsync(string channel, Publication message, ReadOnlyMemory<byte> text)
    {
        var (outcome, position) = await store.AppendAsync(channel, message.From, message.Id!, text);
        return outcome.Reason(bus) is { } reason
            ? ApiAnswer.Fail(StatusOf(outcome), $"{reason}.")
            : new ApiAnswer(StatusCodes.Status201Created, Write(channel, position));
    }

    private static int StatusOf(AppendOutcome outcome) => outcome switch
    {
        AppendOutcome.TooLong => StatusCodes.Status413PayloadTooLarge,
        AppendOutcome.Unsupported => StatusCodes.Status501NotImplemented,
        _ => StatusCodes.Status503ServiceUnavailable,
    };

    private static ReadOnlyMemory<byte> Write(string channel, ChannelPosition? position)
    {
        var bytes = new ArrayBufferWriter<byte>(128);
        using var json = new Utf8JsonWriter(bytes, ServerMessage.Readable);
        json.WriteStartObject();
        json.WriteString("channel", channel);
        if (position is { } known)
        {
            ServerMessage.WritePosition(json, known);
        }

        json.WriteEndObject();
        json.Flush();
        return bytes.WrittenMemory;
    }
}
