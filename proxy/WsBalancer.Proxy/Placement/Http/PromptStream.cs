using Microsoft.AspNetCore.Http;
using WsBalancer.Proxy.Tunnels;

namespace WsBalancer.Proxy.Placement.Http;

/// <summary>The body of a node's response. The first read that has to wait sends the head to the client.</summary>
internal sealed class PromptStream(Stream inner, HttpResponse client) : ReadOnlyStream
{
    public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        var read = inner.ReadAsync(buffer, cancellationToken);
        return read.IsCompleted || client.HasStarted ? read : SendHeadAsync(read, cancellationToken);
    }

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
            // The pending read uses the buffer until it completes.
            await ((Task)pending).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            throw;
        }

        return await pending;
    }
}
