using System.Net;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace WsBalancer.Proxy.Placement.Http;

/// <summary>
/// The content of a node's response whose head is sent to the client as soon as the body has to be waited for. A body
/// that is there, or empty, is sent together with the head.
/// </summary>
internal sealed class PromptContent : HttpContent
{
    private readonly HttpContent _inner;
    private readonly HttpResponseMessage _response;
    private readonly HttpResponse _client;
    private readonly bool _isFramed;

    /// <param name="response">The node's, with the content as the node sends it.</param>
    /// <param name="method">That of the request.</param>
    /// <param name="context">The client's, whose response has its head complete before the content is read.</param>
    public PromptContent(HttpResponseMessage response, HttpMethod method, HttpContext context)
    {
        _inner = response.Content;
        _response = response;
        _client = context.Response;

        // The server has no way to send trailers over HTTP/1.1. Chunks of our own have.
        _isFramed = response.Headers.NonValidated.Contains("Transfer-Encoding")
            && method != HttpMethod.Head
            && response.StatusCode != HttpStatusCode.NotModified
            && HttpProtocol.IsHttp11(context.Request.Protocol)
            && IsServersOwn(context.Features);
        foreach (var (name, values) in _inner.Headers.NonValidated)
        {
            Headers.TryAddWithoutValidation(name, values);
        }
    }

    // A middleware that compresses, or changes the body otherwise, would change the frames.
    private static bool IsServersOwn(IFeatureCollection features) =>
        ReferenceEquals(features.Get<IHttpResponseBodyFeature>(), features.Get<IHttpConnectionFeature>());

    protected override async Task<Stream> CreateContentReadStreamAsync()
    {
        var stream = new PromptStream(await _inner.ReadAsStreamAsync(), _client);
        if (!_isFramed)
        {
            return stream;
        }

        // After the transforms, which may have made it a response without a body, or of another length.
        if (_client.ContentLength is not null)
        {
            return stream;
        }

        _client.Headers.TransferEncoding = "chunked";
        return new ChunkingStream(stream, _response);
    }

    protected override Task SerializeToStreamAsync(Stream stream, TransportContext? context) =>
        throw new NotSupportedException("A response is read, never buffered.");

    protected override bool TryComputeLength(out long length)
    {
        length = 0;
        return false;
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            _inner.Dispose();
        }

        base.Dispose(disposing);
    }
}
