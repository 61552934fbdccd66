using System.Collections.Concurrent;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.WebUtilities;
using Microsoft.Extensions.Logging;

namespace WsBalancer.Proxy.Admission;

/// <summary>Every reason for which the balancer itself refuses a request.</summary>
/// <param name="Label">The label of the reason in <c>wsbalancer_rejected_total</c>.</param>
/// <param name="Status">The HTTP status.</param>
/// <param name="Title">The title of the problem body.</param>
/// <param name="Detail">The cause or the remedy, for the problem body and the reader of the client's log.</param>
internal sealed record Rejection(string Label, int Status, string Title, string Detail)
{
    public static readonly Rejection NoUser = new(
        "no_user",
        StatusCodes.Status400BadRequest,
        "No user id",
        "The request carries no user id where one is expected.");

    public static readonly Rejection UserTooLong = new(
        "user_too_long", StatusCodes.Status400BadRequest, "User id too long", "A user id has at most 1024 bytes.");

    public static readonly Rejection NoNode = new(
        "no_node", StatusCodes.Status503ServiceUnavailable, "No node", "No node takes users: none is configured.");

    public static readonly Rejection AllDraining = new(
        "all_draining", StatusCodes.Status503ServiceUnavailable, "All nodes are draining", "Try again later.");

    public static readonly Rejection Unreachable = new(
        "unreachable", StatusCodes.Status503ServiceUnavailable, "No node could be reached", "Try again later.");

    public static readonly Rejection Stopping = new(
        "stopping", StatusCodes.Status503ServiceUnavailable, "This balancer is stopping", "Connect again.");

    public static readonly Rejection MaxTunnels = new(
        "max_tunnels",
        StatusCodes.Status503ServiceUnavailable,
        "Too many tunnels",
        "This balancer has as many tunnels of the cluster as it may have. Try again later.");

    public static readonly Rejection Full = new(
        "full",
        StatusCodes.Status503ServiceUnavailable,
        "All nodes are full",
        "Every node that could be reached has as many tunnels of this balancer as it may have. Try again later.");

    public static readonly Rejection MaxTunnelsPerUser = new(
        "max_tunnels_per_user",
        StatusCodes.Status429TooManyRequests,
        "Too many tunnels of this user",
        "The user has as many tunnels at this balancer as a user may have. Close one, or try again later.");

    public static readonly Rejection HandshakeRate = new(
        "handshake_rate",
        StatusCodes.Status503ServiceUnavailable,
        "Too many handshakes at once",
        "The user's node is being given as many handshakes a second as it may have. Try again later.");

    public static readonly Rejection NoDescriptor = new(
        "no_descriptor",
        StatusCodes.Status503ServiceUnavailable,
        "Too many connections",
        "This balancer has as many connections as its system lets it have. Try again later.");

    public static readonly Rejection AdminConnections = new(
        "admin_connections",
        StatusCodes.Status503ServiceUnavailable,
        "Too many connections to the admin API",
        "The admin API has as many connections as WsBalancer:Admin:MaxConnections and the descriptors of the process "
            + "let it have. Try again later.");

    // The next three are counted and logged only: the client is not known before the header.
    public static readonly Rejection ProxyHeaderMissing = new(
        "proxy_header_missing",
        StatusCodes.Status400BadRequest,
        "No PROXY header",
        "A connection from this peer must begin with a PROXY header.");

    public static readonly Rejection ProxyHeaderMalformed = new(
        "proxy_header_malformed",
        StatusCodes.Status400BadRequest,
        "Malformed PROXY header",
        "The PROXY header is not valid, or too long.");

    public static readonly Rejection ProxyHeaderLate = new(
        "proxy_header_timeout",
        StatusCodes.Status408RequestTimeout,
        "PROXY header timeout",
        "The PROXY header was not complete in time.");

    public static readonly Rejection Connect = new(
        "connect",
        StatusCodes.Status405MethodNotAllowed,
        "No CONNECT",
        "This is no proxy to other hosts.");

    public static readonly Rejection InvalidTarget = new(
        "invalid_target",
        StatusCodes.Status400BadRequest,
        "Invalid request target",
        "Path and query are visible ASCII; anything else in them is percent-encoded.");

    public static readonly Rejection AmbiguousPath = new(
        "ambiguous_path",
        StatusCodes.Status400BadRequest,
        "Ambiguous path",
        "The path has dot segments, encoded or several slashes, or backslashes, and belongs to different routes "
            + "depending on how these are read.");

    public static readonly Rejection HandshakeHttp10 = new(
        "handshake_http10",
        StatusCodes.Status400BadRequest,
        "Handshake over HTTP/1.0",
        "A WebSocket needs HTTP/1.1 or later.");

    public static readonly Rejection HandshakeMethod = new(
        "handshake_method",
        StatusCodes.Status400BadRequest,
        "Handshake that is no GET",
        "The method of a WebSocket handshake is GET.");

    public static readonly Rejection HandshakeBody = new(
        "handshake_body",
        StatusCodes.Status400BadRequest,
        "Handshake with a body",
        "A WebSocket handshake has no body and no transfer coding.");

    public static readonly Rejection HandshakeConnection = new(
        "handshake_connection",
        StatusCodes.Status400BadRequest,
        "Handshake without its Connection header",
        "The Connection header of a WebSocket handshake names Upgrade. A proxy may have removed it.");

    public static readonly Rejection HandshakeKey = new(
        "handshake_key",
        StatusCodes.Status400BadRequest,
        "Handshake without a key",
        "A WebSocket handshake has one Sec-WebSocket-Key, of 16 bytes in base64.");

    public static readonly Rejection UnknownProtocol = new(
        "unknown_protocol",
        StatusCodes.Status501NotImplemented,
        "Unknown protocol",
        "The only protocol for an extended CONNECT is websocket.");

    public static readonly Rejection NoRoute = new(
        "no_route", StatusCodes.Status404NotFound, "No route", "No route of the balancer matches the request.");

    public static readonly Rejection MethodNotAllowed = new(
        "method_not_allowed",
        StatusCodes.Status405MethodNotAllowed,
        "Method not allowed",
        "The route does not take this method.");

    public static readonly Rejection Internal = new(
        "internal",
        StatusCodes.Status500InternalServerError,
        "Internal error",
        "The balancer failed to handle the request. Its log has the reason.");

    private static readonly ConcurrentDictionary<int, Rejection> Others = new();

    /// <summary>The reasons whose counters exist from the start for each cluster.</summary>
    public static IReadOnlyList<Rejection> OfClusters { get; } =
    [
        NoUser, UserTooLong, NoNode, AllDraining, Unreachable, Stopping, MaxTunnels, Full, MaxTunnelsPerUser,
        HandshakeRate,
    ];

    /// <summary>The problem body (RFC 9457), the same for every request that is rejected for this reason.</summary>
    public ReadOnlyMemory<byte> Body { get; } = ProblemBody.Write(Label, Status, Title, Detail);

    /// <summary>An error that has a status and no reason of its own.</summary>
    public static Rejection Other(int status) => Others.GetOrAdd(status, static status => new Rejection(
        "other", status, ReasonPhrases.GetReasonPhrase(status), "The balancer did not forward the request."));

    /// <summary>
    /// The severity for the operator. Clients cause a 4xx, a 501 or a 505, in any number, and a balancer that stops is
    /// expected to refuse. A rate, and the limit of the admin API, work as configured. Any other 5xx is an outage.
    /// </summary>
    public LogLevel Level => Status switch
    {
        < StatusCodes.Status500InternalServerError => LogLevel.Information,
        StatusCodes.Status501NotImplemented => LogLevel.Information,
        StatusCodes.Status505HttpVersionNotsupported => LogLevel.Information,
        _ when this == Stopping => LogLevel.Information,
        _ when this == HandshakeRate || this == AdminConnections => LogLevel.Warning,
        _ => LogLevel.Error,
    };

    /// <summary>Whether the same request may succeed later, so that the response has <c>Retry-After</c>.</summary>
    public bool IsTemporary =>
        Status is StatusCodes.Status503ServiceUnavailable or StatusCodes.Status429TooManyRequests;
}
