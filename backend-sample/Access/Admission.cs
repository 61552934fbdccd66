using Microsoft.AspNetCore.Http;
using WsBalancer.BackendSample.Messaging;

namespace WsBalancer.BackendSample.Access;

/// <summary>Decides who may use the node.</summary>
internal sealed class Admission
{
    private const string Bearer = "Bearer ";

    /// <summary>A subprotocol with a token: browsers can set no other header of a WebSocket.</summary>
    private const string BearerProtocol = "bearer.";

    private readonly TokenValidator? _tokens;
    private readonly OriginRule _origins;

    public Admission(NodeOptions options, ILoggerFactory logs)
    {
        _origins = new OriginRule(options.Access.Origins);
        _tokens = options.Access.Tokens is { } tokens
            ? new TokenValidator(tokens, logs.CreateLogger<TokenValidator>())
            : null;
        if (_tokens is null)
        {
            AccessLog.IsDevelopment(logs.CreateLogger<Admission>());
        }
    }

    /// <summary>Identifies the sender of a request: a handshake, or a call of the API.</summary>
    public async Task<AdmissionResult> IdentifyAsync(HttpRequest request)
    {
        if (CheckOrigin(request) is { } refusal)
        {
            return refusal;
        }

        if (_tokens is null)
        {
            return IdentifyUnchecked(request);
        }

        var token = TokenOf(request);
        if (token.Length == 0)
        {
            return AdmissionResult.Refuse(
                StatusCodes.Status401Unauthorized,
                "A token is missing: expected 'Authorization: Bearer TOKEN', the subprotocol 'bearer.TOKEN', or "
                + "?access_token=TOKEN.");
        }

        var result = await _tokens.ValidateAsync(token);
        return result.Identity is null
            ? AdmissionResult.Refuse(
                result.MayRetry ? StatusCodes.Status503ServiceUnavailable : StatusCodes.Status401Unauthorized,
                $"Not admitted: {result.Reason}.")
            : new AdmissionResult(result.Identity);
    }

    /// <summary>Checks whether the page of a request may use the node.</summary>
    /// <returns>The refusal; null if it may.</returns>
    public AdmissionResult? CheckOrigin(HttpRequest request)
    {
        var origin = request.Headers.Origin.ToString();
        return _origins.Allows(origin)
            ? null
            : AdmissionResult.Refuse(
                StatusCodes.Status403Forbidden, $"Pages of '{Shortened(origin)}' may not connect.");
    }

    /// <summary>Validates a token that a connected client sends.</summary>
    public Task<TokenResult> RenewAsync(string token) =>
        _tokens?.ValidateAsync(token) ?? Task.FromResult(new TokenResult(null, "this node uses no tokens"));

    /// <summary>The token or the key in the header of a request; empty without one.</summary>
    public static string BearerOf(HttpRequest request)
    {
        var header = request.Headers.Authorization.ToString();
        return header.StartsWith(Bearer, StringComparison.OrdinalIgnoreCase) ? header[Bearer.Length..].Trim() : "";
    }

    private static AdmissionResult IdentifyUnchecked(HttpRequest request)
    {
        var user = request.Query["user"].ToString() is { Length: > 0 } named
            ? named
            : request.Headers["X-User-Id"].ToString().Trim();
        return user is { Length: > 0 and <= ClientMessage.MaxUserLength }
            ? new AdmissionResult(new ClientIdentity(user))
            : AdmissionResult.Refuse(
                StatusCodes.Status400BadRequest,
                "The user is missing: expected ?user=ID or the header X-User-Id, with at most "
                + $"{ClientMessage.MaxUserLength} characters.");
    }

    private static string TokenOf(HttpRequest request)
    {
        if (BearerOf(request) is { Length: > 0 } token)
        {
            return token;
        }

        var protocol = request.HttpContext.WebSockets.WebSocketRequestedProtocols.FirstOrDefault(
            static offered => offered.StartsWith(BearerProtocol, StringComparison.Ordinal));
        return protocol?[BearerProtocol.Length..] ?? request.Query["access_token"].ToString();
    }

    private static string Shortened(string text) => text.Length <= 100 ? text : $"{text[..100]}…";
}

/// <summary>Whether a request is admitted.</summary>
/// <param name="Identity">The sender; null if the request is refused.</param>
/// <param name="Status">The status of the response, if the request is refused.</param>
/// <param name="Detail">The reason, if the request is refused.</param>
internal sealed record AdmissionResult(ClientIdentity? Identity, int Status = 0, string Detail = "")
{
    public static AdmissionResult Refuse(int status, string detail) => new(null, status, detail);
}
