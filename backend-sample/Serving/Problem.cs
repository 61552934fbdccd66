using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.WebUtilities;

namespace WsBalancer.BackendSample.Serving;

/// <summary>An error response in the format of RFC 9457. Its status is that of the HTTP response.</summary>
internal static class Problem
{
    public static Task WriteAsync(HttpContext context, string detail) => context.Response.WriteAsJsonAsync(
        new ProblemDetails
        {
            Title = ReasonPhrases.GetReasonPhrase(context.Response.StatusCode),
            Status = context.Response.StatusCode,
            Detail = detail,
        },
        options: null,
        contentType: "application/problem+json",
        cancellationToken: context.RequestAborted);
}
