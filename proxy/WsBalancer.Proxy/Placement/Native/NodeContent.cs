using System.Net;

namespace WsBalancer.Proxy.Placement.Native;

/// <summary>The content of a node's answer. Disposing it closes the node's connection, unless that was taken.</summary>
internal sealed class NodeContent : HttpContent
{
    /// <summary>What follows the head. Set once, when the head has been read.</summary>
    public NodeBody Body { get; set; } = null!;

    protected override Task<Stream> CreateContentReadStreamAsync() => Task.FromResult<Stream>(Body);

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
