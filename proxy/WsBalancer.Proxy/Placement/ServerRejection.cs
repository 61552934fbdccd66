using System.Reflection;
using Microsoft.AspNetCore.Http;
using WsBalancer.Proxy.Admission;

namespace WsBalancer.Proxy.Placement;

/// <summary>The reasons for which the server refuses a request before, or while, it reads it.</summary>
internal static class ServerRejection
{
    public static readonly Rejection BadRequestLine = new(
        "bad_request_line",
        StatusCodes.Status400BadRequest,
        "Bad request line",
        "The request line is not METHOD TARGET VERSION (RFC 9112, section 3).");

    public static readonly Rejection BadRequestTarget = new(
        "bad_request_target",
        StatusCodes.Status400BadRequest,
        "Bad request target",
        "The request target has a form or a character that is not allowed (RFC 9112, section 3.2).");

    public static readonly Rejection BadHttpVersion = new(
        "bad_http_version",
        StatusCodes.Status505HttpVersionNotsupported,
        "HTTP version not supported",
        "This address takes HTTP/1.0 and HTTP/1.1, and HTTP/2 where it is negotiated.");

    public static readonly Rejection BadHeader = new(
        "bad_header",
        StatusCodes.Status400BadRequest,
        "Bad header",
        "A header line is malformed, or the connection ended within the headers.");

    public static readonly Rejection BadHost = new(
        "bad_host", StatusCodes.Status400BadRequest, "Bad Host", "Expected one valid Host header.");

    public static readonly Rejection BadContentLength = new(
        "bad_content_length",
        StatusCodes.Status400BadRequest,
        "Bad Content-Length",
        "Expected one Content-Length that is a whole number.");

    public static readonly Rejection BadTransferCoding = new(
        "bad_transfer_coding",
        StatusCodes.Status400BadRequest,
        "Bad Transfer-Encoding",
        "The last transfer coding of a request must be chunked.");

    public static readonly Rejection BadChunk = new(
        "bad_chunk", StatusCodes.Status400BadRequest, "Bad chunk", "A chunk of the request's body is malformed.");

    public static readonly Rejection BodyIncomplete = new(
        "body_incomplete",
        StatusCodes.Status400BadRequest,
        "Incomplete body",
        "The connection ended before the end of the request's body.");

    public static readonly Rejection LengthRequired = new(
        "length_required",
        StatusCodes.Status400BadRequest,
        "Length required",
        "An HTTP/1.0 request with a body needs a Content-Length.");

    public static readonly Rejection BodyTooLarge = new(
        "body_too_large",
        StatusCodes.Status413PayloadTooLarge,
        "Body too large",
        "The request's body is longer than the balancer or the route allows.");

    public static readonly Rejection RequestLineTooLong = new(
        "request_line_too_long",
        StatusCodes.Status414UriTooLong,
        "Request line too long",
        "The request line is longer than the balancer allows (Kestrel:Limits:MaxRequestLineSize).");

    public static readonly Rejection HeaderTooLarge = new(
        "header_too_large",
        StatusCodes.Status431RequestHeaderFieldsTooLarge,
        "Headers too large",
        "The headers are larger in all than the balancer allows (Kestrel:Limits:MaxRequestHeadersTotalSize).");

    public static readonly Rejection TooManyHeaders = new(
        "too_many_headers",
        StatusCodes.Status431RequestHeaderFieldsTooLarge,
        "Too many headers",
        "There are more headers than the balancer allows (Kestrel:Limits:MaxRequestHeaderCount).");

    public static readonly Rejection TimedOut = new(
        "timeout",
        StatusCodes.Status408RequestTimeout,
        "Request timeout",
        "The request did not arrive in time (Kestrel:Limits:RequestHeadersTimeout, MinRequestBodyDataRate).");

    public static readonly Rejection TlsOnClearPort = new(
        "tls_on_clear_port",
        StatusCodes.Status400BadRequest,
        "TLS on a port without TLS",
        "The client began a TLS handshake at an address that serves HTTP without TLS.");

    public static readonly Rejection BadRequest = new(
        "bad_request", StatusCodes.Status400BadRequest, "Bad request", "The request is not valid HTTP.");

    /// <summary>
    /// A stream error of HTTP/2, which has an error code of HTTP/2 and no status. Counted as 400.
    /// </summary>
    public static readonly Rejection Http2Stream = new(
        "http2_stream_error",
        StatusCodes.Status400BadRequest,
        "HTTP/2 stream error",
        "The stream was reset (RST_STREAM): its request is malformed or was refused.");

    /// <inheritdoc cref="Http2Stream"/>
    public static readonly Rejection Http2Connection = new(
        "http2_connection_error",
        StatusCodes.Status400BadRequest,
        "HTTP/2 connection error",
        "The connection was ended (GOAWAY): what the client sent is not valid HTTP/2, or exceeds a limit.");

    /// <summary>A failed TLS handshake. Without a response; counted as 400.</summary>
    public static readonly Rejection TlsHandshake = new(
        "tls_handshake", StatusCodes.Status400BadRequest, "TLS handshake failed", "The connection was closed.");

    /// <summary>A connection above a limit. Without a response; counted as 503.</summary>
    public static readonly Rejection MaxConnections = new(
        "max_connections",
        StatusCodes.Status503ServiceUnavailable,
        "Too many connections",
        "The connection was closed (Kestrel:Limits:MaxConcurrentConnections).");

    // The names of the server's RequestRejectionReason, which is not public.
    private static readonly Dictionary<string, Rejection> ByReason = new(StringComparer.Ordinal)
    {
        ["TlsOverHttpError"] = TlsOnClearPort,
        ["UnrecognizedHTTPVersion"] = BadHttpVersion,
        ["InvalidRequestLine"] = BadRequestLine,
        ["InvalidRequestTarget"] = BadRequestTarget,
        ["InvalidRequestHeader"] = BadHeader,
        ["InvalidRequestHeadersNoCRLF"] = BadHeader,
        ["MalformedRequestInvalidHeaders"] = BadHeader,
        ["InvalidCharactersInHeaderName"] = BadHeader,
        ["InvalidContentLength"] = BadContentLength,
        ["MultipleContentLengths"] = BadContentLength,
        ["UnexpectedEndOfRequestContent"] = BodyIncomplete,
        ["ChunkedRequestIncomplete"] = BodyIncomplete,
        ["BadChunkSuffix"] = BadChunk,
        ["BadChunkSizeData"] = BadChunk,
        ["BadChunkExtension"] = BadChunk,
        ["RequestLineTooLong"] = RequestLineTooLong,
        ["HeadersExceedMaxTotalSize"] = HeaderTooLarge,
        ["TooManyHeaders"] = TooManyHeaders,
        ["RequestBodyTooLarge"] = BodyTooLarge,
        ["RequestHeadersTimeout"] = TimedOut,
        ["RequestBodyTimeout"] = TimedOut,
        ["FinalTransferCodingNotChunked"] = BadTransferCoding,
        ["LengthRequiredHttp10"] = LengthRequired,
        ["OptionsMethodRequired"] = Rejection.MethodNotAllowed,
        ["ConnectMethodRequired"] = Rejection.MethodNotAllowed,
        ["MissingHostHeader"] = BadHost,
        ["MultipleHostHeaders"] = BadHost,
        ["InvalidHostHeader"] = BadHost,
    };

    /// <summary>The reason for which the server refused a request.</summary>
    public static Rejection Of(BadHttpRequestException exception)
    {
        var known = ReasonOf(exception) is { } reason && ByReason.TryGetValue(reason, out var found) ? found : null;

        // A later version of the server may have other reasons; the status is always the server's.
        return known?.Status == exception.StatusCode ? known
            : exception.StatusCode == StatusCodes.Status400BadRequest ? BadRequest
            : Rejection.Other(exception.StatusCode);
    }

    // Kestrel's own exception has the reason in a property that is not public; the message is no substitute, since it
    // quotes the request.
    private static string? ReasonOf(BadHttpRequestException exception) => exception.GetType()
        .GetProperty("Reason", BindingFlags.Instance | BindingFlags.NonPublic)
        ?.GetValue(exception)?.ToString();
}
