using Microsoft.AspNetCore.Http;
using WsBalancer.BackendSample.Access;

namespace WsBalancer.BackendSample.Serving;

/// <summary>Stops the node on <c>POST /drain</c>, as a signal does.</summary>
internal sealed class DrainEndpoint(ApiAdmission admission, IHostApplicationLifetime lifetime)
{
    public const string Path = "/drain";

    public Task AnswerAsync(HttpContext context)
    {
        if (!HttpMethods.IsPost(context.Request.Method))
        {
            context.Response.Headers.Allow = HttpMethods.Post;
            return Problem.WriteAsync(
                context, StatusCodes.Status405MethodNotAllowed, $"The method of {Path} is POST.");
        }

        if (admission.CheckOperate(context.Request) is { } refusal)
        {
            return Problem.WriteAsync(context, refusal.Status, refusal.Detail);
        }

        // After the response: the listener of this request is closed by the stop.
        context.Response.OnCompleted(() =>
        {
            lifetime.StopApplication();
            return Task.CompletedTask;
        });
        context.Response.StatusCode = StatusCodes.Status202Accepted;
        return Task.CompletedTask;
    }
}
