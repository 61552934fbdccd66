using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using WsBalancer.BackendSample.Api;

namespace WsBalancer.BackendSample.Serving;

/// <summary>Answers the requests under <c>/api</c>.</summary>
internal sealed class ApiEndpoint(MessageApi api)
{
    /// <summary>The beginning of the paths.</summary>
    public const string Prefix = "/api";

    public async Task AnswerAsync(HttpContext context)
    {
        var answer = await FindAnswerAsync(context);
        var response = context.Response;
        response.Headers.CacheControl = "no-store";
        if (answer.Json.IsEmpty)
        {
            await Problem.WriteAsync(context, answer.Status, answer.Detail);
            return;
        }

        response.StatusCode = answer.Status;
        response.ContentType = "application/json";
        response.ContentLength = answer.Json.Length;
        await response.Body.WriteAsync(answer.Json, context.RequestAborted);
    }

    private async Task<ApiAnswer> FindAnswerAsync(HttpContext context)
    {
        if (context.WebSockets.IsWebSocketRequest)
        {
            return ApiAnswer.Fail(
                StatusCodes.Status404NotFound, $"No WebSocket has a path under {Prefix}: connect to another one.");
        }

        var target = context.Features.GetRequiredFeature<IHttpRequestFeature>().RawTarget;
        if (ApiRoute.Parse(target) is not { } route)
        {
            return ApiAnswer.Fail(
                StatusCodes.Status404NotFound,
                "The API has the paths /api/rooms/ROOM/messages, /api/rooms/ROOM/search and /api/users/USER/messages.");
        }

        if (!route.Allows(context.Request.Method))
        {
            context.Response.Headers.Allow = route.Methods;
            return ApiAnswer.Fail(
                StatusCodes.Status405MethodNotAllowed, $"The methods of this path are: {route.Methods}.");
        }

        // The endpoint has its own limit of the body.
        if (context.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } limit)
        {
            limit.MaxRequestBodySize = null;
        }

        return await api.AnswerAsync(route, context.Request);
    }
}
