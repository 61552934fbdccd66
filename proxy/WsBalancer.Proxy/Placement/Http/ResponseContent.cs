using System.Net;

namespace WsBalancer.Proxy.Placement.Http;

/// <summary>
/// The content of a node's response. Disposing of the content ends the exchange, unless its connection was detached.
/// </summary>
internal sealed class ResponseContent : HttpContent
{
    /// <summary>The body, or the two-way stream of an upgraded connection. Set once, when the head has been read.
    /// </summary>
    public Stream Body { get; set; } = Stream.Null;

    protected override Task<Stream> CreateContentReadStreamAsync() => Task.FromResult(Body);

    protected override Task SerializeToStreamAsync(Stream stream, TransportContext? context) =>
        Body.CopyToAsync(stream);

    protected override bool TryComputeLength(out long length)
    {
        length = 0;
        return false;
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            Body.Dispose();
        }

        base.Dispose(disposing);
    }
}
