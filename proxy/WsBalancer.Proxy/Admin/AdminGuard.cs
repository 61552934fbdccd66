using System.Net;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using WsBalancer.Proxy.Admin.Callers;

namespace WsBalancer.Proxy.Admin;

/// <summary>
/// Refuses callers without a valid token if tokens are configured. Without tokens it refuses requests of web pages,
/// which can reach a loopback address through the browser of a person on this machine, but no Unix socket.
/// </summary>
internal sealed class AdminGuard(RequestDelegate next, AdminOptions options, AdminTokens tokens)
{
    private const string Scheme = "Bearer ";

    private static readonly string[] Open = ["/livez", "/readyz", "/metrics"];

    public Task InvokeAsync(HttpContext context)
    {
        if (Refusal(context) is not { } refusal)
        {
            return next(context);
        }

        if (refusal.StatusCode == StatusCodes.Status401Unauthorized)
        {
            context.Response.Headers.WWWAuthenticate = "Bearer";
        }

        return refusal.ExecuteAsync(context);
    }

    private ProblemHttpResult? Refusal(HttpContext context)
    {
        var request = context.Request;
        var isOpen = Open.Contains(request.Path.Value, StringComparer.Ordinal);
        if (tokens.AreRequired)
        {
            var caller = TokenOf(request) is { } token ? tokens.Find(token) : null;
            context.Features.Set(caller);
            return isOpen || caller is not null
                ? null
                : Refuse(StatusCodes.Status401Unauthorized, "The admin API requires its token as a bearer token.");
        }

        context.Features.Set(new Caller(
            IsLocal(context.Connection.RemoteIpAddress) ? Caller.Local : Caller.Anonymous, AdminRight.Operate));
        if (options.SocketPath is not null)
        {
            return null;
        }

        // DNS rebinding: a page whose name is resolved to this machine circumvents the same-origin policy. Browsers
        // always send a Host; probes over HTTP/1.0 may not.
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

    private static string? TokenOf(HttpRequest request) =>
        request.Headers.Authorization.ToString() is { } header
        && header.StartsWith(Scheme, StringComparison.OrdinalIgnoreCase)
            ? header[Scheme.Length..].Trim()
            : null;

    // A Unix socket has no address.
    private static bool IsLocal(IPAddress? remote) => remote is null || IPAddress.IsLoopback(remote);

    private static ProblemHttpResult Refuse(int status, string detail) =>
        TypedResults.Problem(detail, statusCode: status);
}
