using System.Diagnostics.CodeAnalysis;
using System.Net;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using WsBalancer.Proxy.Tunnels;

namespace WsBalancer.Proxy.Placement;

/// <summary>A request that is not a WebSocket handshake, placed by the same user id as the user's tunnels.</summary>
[SuppressMessage("Reliability", "CA1001", Justification = "The body belongs to the server.")]
internal sealed class PlainRequest : PlacedRequest
{
    private readonly HttpContext _context;
    private readonly ClientBody? _body;

    public PlainRequest(HttpContext context, RequestOptions options, TimeProvider time)
    {
        _context = context;
        if (context.Features.Get<IHttpRequestBodyDetectionFeature>() is { CanHaveBody: true })
        {
            _body = new ClientBody(context.Request.BodyReader, options.BodyTimeout, time);
            context.Request.Body = _body;
        }

        context.Features.Set<PlacedRequest>(this);

        // YARP would let any method upgrade, and the tunnel would not be registered.
        TunnelUpgrade.Remove(context);
    }

    public override bool CanRetry => _body is not { WasRead: true };

    // Restores the method: YARP normalizes the case of known methods, which makes it another method (RFC 9110 §9.1).
    public override void Sending(HttpRequestMessage request)
    {
        if (!string.Equals(request.Method.Method, _context.Request.Method, StringComparison.Ordinal))
        {
            request.Method = new HttpMethod(_context.Request.Method);
        }
    }

    public override void Answered(HttpRequestMessage request, HttpResponseMessage response)
    {
        if (response.StatusCode == HttpStatusCode.SwitchingProtocols)
        {
            throw new HttpRequestException(
                HttpRequestError.InvalidResponse, "The node switched protocols, but the request was no upgrade.");
        }

        base.Answered(request, response);
    }

    /// <summary>Whether another node may be tried after such a failure.</summary>
    public bool MayRetry(AttemptOutcome failure) => CanRetry && failure switch
    {
        AttemptOutcome.NotConnected or AttemptOutcome.OwnFault or AttemptOutcome.Draining => true,

        // The node may have processed the request: only a safe method (RFC 9110 §9.2.1) is sent again.
        AttemptOutcome.Reset => HttpMethods.IsGet(_context.Request.Method)
            || HttpMethods.IsHead(_context.Request.Method)
            || HttpMethods.IsOptions(_context.Request.Method),
        _ => false,
    };
}
