using System.Net;
using Microsoft.AspNetCore.Http;
using WsBalancer.Proxy.Tunnels;

namespace WsBalancer.Proxy.Placement.Http;

/// <summary>
/// The content of a node's response whose head is sent to the client as soon as the body has to be waited for. A body
/// that is there, or empty, is sent together with the head.
/// </summary>
internal sealed class PromptContent : HttpContent
{
    private readonly HttpContent _inner;
    private readonly HttpResponse _client;

    /// <param name="inner">The content as the node sends it.</param>
    /// <param name="client">The response to the client, with its head complete before the content is read.</param>
    public PromptContent(HttpContent inner, HttpResponse client)
    {
        _inner = inner;
        _client = client;
        foreach (var (name, values) in inner.Headers.NonValidated)
        {
            Headers.TryAddWithoutValidation(name, values);
        }
    }

    protected override async Task<Stream> CreateContentReadStreamAsync() =>
        new PromptStream(await _inner.ReadAsStreamAsync(), _client);

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

    private sealed class PromptStream(Stream inner, HttpResponse client) : DuplexStream
    {
        public override bool CanWrite => false;

        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
        {
            var read = inner.ReadAsync(buffer, cancellationToken);
            return read.IsCompleted || client.HasStarted ? read : SendHeadAsync(read, cancellationToken);
        }

        public override ValueTask WriteAsync(
            ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default) =>
            throw new NotSupportedException("A response is only read.");

        protected override void Dispose(bool disposing)
        {
            if (disposing)
            {
                inner.Dispose();
            }

            base.Dispose(disposing);
        }

        private async ValueTask<int> SendHeadAsync(ValueTask<int> read, CancellationToken cancellation)
        {
            var pending = read.AsTask();
            try
            {
                await client.Body.FlushAsync(cancellation);
            }
            catch
            {
                // The read is over before its buffer is: whoever rented that returns it now.
                await pending.ContinueWith(
                    static _ => { }, CancellationToken.None, TaskContinuationOptions.None, TaskScheduler.Default);
                throw;
            }

            return await pending;
        }
    }
}
