using System.Globalization;
using Microsoft.AspNetCore.Http;
using WsBalancer.BackendSample.Access;
using WsBalancer.BackendSample.Channels;
using WsBalancer.BackendSample.History;
using WsBalancer.BackendSample.Messaging;
using WsBalancer.BackendSample.Sessions;

namespace WsBalancer.BackendSample.Api;

/// <summary>Handles requests to the API: stored messages are read, and messages of back ends are published.</summary>
internal sealed class MessageApi(
    NodeOptions options,
    ApiAdmission admission,
    MessageHistory history,
    MessagePublisher publisher,
    MessageMemory memory)
{
    public async Task<ApiAnswer> AnswerAsync(ApiRoute route, HttpRequest request)
    {
        var isPublish = HttpMethods.IsPost(request.Method);
        var refusal = isPublish
            ? await admission.CheckPublishAsync(request)
            : await admission.CheckReadAsync(request, route.Name);
        if (refusal is not null)
        {
            return ApiAnswer.Fail(refusal.Status, refusal.Detail);
        }

        if (route.Reason is { } reason)
        {
            return ApiAnswer.Fail(StatusCodes.Status400BadRequest, reason);
        }

        return isPublish ? await PublishAsync(route, request) : await ReadAsync(route, request.Query);
    }

    private async Task<ApiAnswer> ReadAsync(ApiRoute route, IQueryCollection fields)
    {
        var (query, reason) = MessageQuery.Create(
            NumberOf(fields["before"].ToString()),
            NumberOf(fields["limit"].ToString()),
            route.Kind is ApiRouteKind.RoomSearch ? fields["text"].ToString() : null);
        if (query is null)
        {
            return ApiAnswer.Fail(StatusCodes.Status400BadRequest, $"{reason}.");
        }

        return await history.AnswerAsync(route.Name, query, id: null) is { } answer
            ? new ApiAnswer(StatusCodes.Status200OK, answer)
            : ApiAnswer.Fail(StatusCodes.Status503ServiceUnavailable, $"{OutcomeReasons.NotRead}.");
    }

    // The body counts against the memory of the messages of all clients.
    private async Task<ApiAnswer> PublishAsync(ApiRoute route, HttpRequest request)
    {
        var text = new IncomingText(new ClientMemory(memory));
        try
        {
            return await ReceiveAsync(text, request) ?? await publisher.PublishAsync(route, text.Bytes);
        }
        finally
        {
            text.Return();
        }
    }

    /// <returns>Null, or why the body was not read to its end.</returns>
    private async Task<ApiAnswer?> ReceiveAsync(IncomingText text, HttpRequest request)
    {
        var isTooLong = request.ContentLength > options.MaxMessageBytes;
        for (var isEnded = false; !isEnded && !isTooLong;)
        {
            var room = text.FindRoom();
            if (room.IsEmpty)
            {
                return ApiAnswer.Fail(
                    StatusCodes.Status503ServiceUnavailable,
                    "The messages of all clients use too much memory: send it again later.");
            }

            var read = await request.Body.ReadAsync(room, request.HttpContext.RequestAborted);
            text.Advance(read);
            isEnded = read == 0;
            isTooLong = text.Length > options.MaxMessageBytes;
        }

        return isTooLong
            ? ApiAnswer.Fail(
                StatusCodes.Status413PayloadTooLarge,
                $"The body is longer than {options.MaxMessageBytes} bytes, the limit of --max-message.")
            : null;
    }

    /// <returns>Null without a number, and -1 for a text that is none.</returns>
    private static long? NumberOf(string text) => text switch
    {
        "" => null,
        _ when long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) => number,
        _ => -1,
    };
}
