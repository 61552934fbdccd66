using System.Net;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using WsBalancer.Proxy.Tunnels;

namespace WsBalancer.Proxy.Placement.Http;

/// <summary>
/// The content of a node's response whose head is sent to the client as soon as a read of the body must wait. A body
/// that is already received, or empty, is sent together with the head.
/// </summary>
internal sealed class PromptContent : WrappedContent
{
    private readonly HttpResponseMessage _response;
    private readonly HttpResponse _client;
    private readonly bool _isFramed;

    /// <param name="response">The node's response, with the content as the node sends it.</param>
    /// <param name="method">The method of the request.</param>
    /// <param name="context">The client's request; the head of its response is complete before the content is read.
    /// </param>
    public PromptContent(HttpResponseMessage response, HttpMethod method, HttpContext context)
        : base(response.Content)
    {
        _response = response;
        _client = context.Response;

        // The server cannot send trailers over HTTP/1.1, so the balancer writes the chunks itself.
        _isFramed = response.Headers.NonValidated.Contains("Transfer-Encoding")
            && method != HttpMethod.Head
            && response.StatusCode != HttpStatusCode.NotModified
            && HttpProtocol.IsHttp11(context.Request.Protocol)
            && IsServersOwn(context.Features);
    }

    // A middleware that compresses, or changes the body otherwise, would change the frames.
    private static bool IsServersOwn(IFeatureCollection features) =>
        ReferenceEquals(features.Get<IHttpResponseBodyFeature>(), features.Get<IHttpConnectionFeature>());

    protected override async Task<Stream> CreateContentReadStreamAsync()
    {
        var stream = new PromptStream(await Inner.ReadAsStreamAsync(), _client);

        // Checked after the transforms, which may have set a length or removed the body.
        if (!_isFramed || _client.ContentLength is not null)
        {
            return stream;
        }

        _client.Headers.TransferEncoding = "chunked";
        return new ChunkingStream(stream, _response);
    }
}
