using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;

namespace WsBalancer.Proxy.Admin;

/// <summary>
/// Keeps strangers out: with a token, whoever does not present it; without one, web pages, which reach a loopback
/// address through the browser of the person who opened them.
/// </summary>
internal sealed class AdminGuard(RequestDelegate next, AdminOptions options)
{
    private static readonly string[] Open = ["/livez", "/readyz", "/metrics"];

    public Task InvokeAsync(HttpContext context)
    {
        if (Refusal(context.Request) is not { } refusal)
        {
            return next(context);
        }

        if (refusal.StatusCode == StatusCodes.Status401Unauthorized)
        {
            context.Response.Headers.WWWAuthenticate = "Bearer";
        }

        return refusal.ExecuteAsync(context);
    }

    private ProblemHttpResult? Refusal(HttpRequest request)
    {
        var isOpen = Open.Contains(request.Path.Value, StringComparer.Ordinal);
        if (!string.IsNullOrEmpty(options.Token))
        {
            return isOpen || Presents(request, options.Token)
                ? null
                : Refuse(StatusCodes.Status401Unauthorized, "The admin API asks for its token as a bearer token.");
        }

        // A name that somebody else's resolver points to this machine is how a page gets round the same-origin rule.
        // Browsers always send a Host; probes over HTTP/1.0 may not.
        if (!LoopbackName.Is(request.Host.Host) && !(isOpen && !request.Host.HasValue))
        {
            return Refuse(
                StatusCodes.Status400BadRequest,
                "Without WsBalancer:Admin:Token this port answers loopback names only: 127.0.0.1, [::1], localhost.");
        }

        var changes = !HttpMethods.IsGet(request.Method) && !HttpMethods.IsHead(request.Method) && !isOpen;
        var origin = request.Headers.Origin.ToString();
        return changes && origin.Length > 0 && origin != $"{request.Scheme}://{request.Host}"
            ? Refuse(StatusCodes.Status403Forbidden, $"The origin '{origin}' may not change anything here.")
            : null;
    }

    private static bool Presents(HttpRequest request, string token) =>
        request.Headers.Authorization.ToString() is { } header
        && header.StartsWith("Bearer ", StringComparison.OrdinalIgnoreCase)
        && CryptographicOperations.FixedTimeEquals(
            Encoding.UTF8.GetBytes(header["Bearer ".Length..].Trim()), Encoding.UTF8.GetBytes(token));

    private static ProblemHttpResult Refuse(int status, string detail) =>
        TypedResults.Problem(detail, statusCode: status);
}
