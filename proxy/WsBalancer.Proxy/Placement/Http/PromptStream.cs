using Microsoft.AspNetCore.Http;
using WsBalancer.Proxy.Tunnels;

namespace WsBalancer.Proxy.Placement.Http;

/// <summary>A node's body. The first read that has to wait sends the head of the response to the client.</summary>
internal sealed class PromptStream(Stream inner, HttpResponse client) : DuplexStream
{
    public override bool CanWrite => false;

    public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        var read = inner.ReadAsync(buffer, cancellationToken);
        return read.IsCompleted || client.HasStarted ? read : SendHeadAsync(read, cancellationToken);
    }

    public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default) =>
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
            // The buffer is the reader's again only after the read.
            await pending.ContinueWith(
                static _ => { }, CancellationToken.None, TaskContinuationOptions.None, TaskScheduler.Default);
            throw;
        }

        return await pending;
    }
}
