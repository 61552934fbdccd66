using System.Net;

namespace WsBalancer.Proxy.Tunnels;

/// <summary>The content of a 101 answer whose stream is what we make of it.</summary>
internal sealed class UpgradedContent : HttpContent
{
    private readonly HttpContent _inner;
    private readonly Func<HttpContent, Task<Stream>> _open;

    /// <param name="inner">The client's own content.</param>
    /// <param name="open">Called once, when the client has been answered, with that; gives the stream to use.</param>
    public UpgradedContent(HttpContent inner, Func<HttpContent, Task<Stream>> open)
    {
        _inner = inner;
        _open = open;
        foreach (var (name, values) in inner.Headers.NonValidated)
        {
            Headers.TryAddWithoutValidation(name, values);
        }
    }

    protected override Task<Stream> CreateContentReadStreamAsync() => _open(_inner);

    protected override Task SerializeToStreamAsync(Stream stream, TransportContext? context) =>
        throw new NotSupportedException("An upgraded connection is read, never buffered.");

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
