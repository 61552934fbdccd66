using Microsoft.AspNetCore.Http;

namespace WsBalancer.Proxy.Admin.Requests;

/// <summary>
/// Adds a detail to the problem responses that no call of the API has written: those of the server, and of failures.
/// </summary>
internal static class ProblemDetail
{
    public static void Complete(ProblemDetailsContext context)
    {
        var request = context.HttpContext.Request;
        var allowed = context.HttpContext.Response.Headers.Allow;
        context.ProblemDetails.Detail ??= context.ProblemDetails.Status switch
        {
            StatusCodes.Status404NotFound =>
                $"There is nothing at '{request.Path}'; /openapi/v1.json names every call.",
            StatusCodes.Status405MethodNotAllowed =>
                $"'{request.Path}' does not know {request.Method}: expected {allowed}.",
            StatusCodes.Status415UnsupportedMediaType =>
                $"The body's Content-Type is '{request.ContentType}': expected application/json.",
            StatusCodes.Status500InternalServerError => "That failed for a reason of our own, which the log has.",
            _ => null,
        };
    }
}
