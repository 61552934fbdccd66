using Microsoft.AspNetCore.Http;

namespace WsBalancer.Proxy.Placement;

/// <summary>Every reason for which the balancer itself refuses a request.</summary>
/// <param name="Label">As published in <c>wsbalancer_rejected_total</c>.</param>
/// <param name="Status">The HTTP status.</param>
/// <param name="Title">For the problem body.</param>
/// <param name="Detail">What the client, or whoever reads its log, can do about it.</param>
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

    public static readonly Rejection NodeSilent = new(
        "node_silent",
        StatusCodes.Status504GatewayTimeout,
        "The node did not answer in time",
        "The node took the request and did not answer it. What it has done with it is not known.");

    public static readonly Rejection NodeLost = new(
        "node_lost",
        StatusCodes.Status502BadGateway,
        "The node closed the connection",
        "The connection to the node ended before it had answered. What it has done with the request is not known.");

    public static readonly Rejection InvalidResponse = new(
        "invalid_response",
        StatusCodes.Status502BadGateway,
        "The node's answer is not valid HTTP",
        "The head of the node's answer cannot be read, or is too long.");

    public static readonly Rejection NotWebSocket = new(
        "not_a_websocket",
        StatusCodes.Status502BadGateway,
        "The node opened no WebSocket",
        "The node answered with 101, but without the headers of a WebSocket.");

    public static readonly Rejection Connect = new(
        "connect",
        StatusCodes.Status501NotImplemented,
        "CONNECT opens no tunnel here",
        "The balancer opens tunnels to its nodes only, for WebSockets.");

    public static readonly Rejection RequestNotSent = new(
        "request_not_sent",
        StatusCodes.Status502BadGateway,
        "The request cannot be sent to the node",
        "The node's address, a transform or the request's method does not allow it.");

    public static readonly Rejection RequestBody = new(
        "request_body",
        StatusCodes.Status400BadRequest,
        "The body of the request is incomplete",
        "The body ended before its announced end, or is not valid HTTP.");

    public static readonly Rejection BodyTimeout = new(
        "body_timeout",
        StatusCodes.Status408RequestTimeout,
        "The body of the request was not sent in time",
        "The client sent nothing of the announced body for too long.");

    public static readonly Rejection BodyTooLarge = new(
        "body_too_large",
        StatusCodes.Status413PayloadTooLarge,
        "The body of the request is too large",
        "The server is configured to accept only smaller ones.");

    // The next three are never sent: there is nobody to answer before the header.
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

    /// <summary>Whether the same request may do better later, so that the answer says when.</summary>
    public bool IsForNow => Status is StatusCodes.Status503ServiceUnavailable or StatusCodes.Status429TooManyRequests;
}
