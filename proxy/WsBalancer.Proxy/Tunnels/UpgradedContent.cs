namespace WsBalancer.Proxy.Tunnels;

/// <summary>The content of a node's response that opens a tunnel; the stream is supplied by the tunnel.</summary>
/// <param name="inner">The content of the node's response.</param>
/// <param name="open">
/// Called once, with <paramref name="inner"/>, when the response has been sent to the client; returns the stream.
/// </param>
internal sealed class UpgradedContent(HttpContent inner, Func<HttpContent, Task<Stream>> open) : WrappedContent(inner)
{
    protected override Task<Stream> CreateContentReadStreamAsync() => open(Inner);
}
