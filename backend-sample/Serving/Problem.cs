using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.WebUtilities;

namespace WsBalancer.BackendSample.Serving;

/// <summary>An answer that says what is wrong, as RFC 9457 has it. The status is that of the response.</summary>
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
