using System.Net.Sockets;
using System.Runtime.CompilerServices;
using WsBalancer.Proxy.Sockets.Names;

namespace WsBalancer.Proxy.Sockets.Loops;

/// <summary>Opens connections to nodes from an event loop.</summary>
internal sealed class LoopDialer(NameCache names, SourceAddresses sources, TimeProvider time)
{
    /// <summary>
    /// Connects to the first address of the host that accepts, within <paramref name="timeout"/> in all. If an address
    /// does not respond in time, the next one is tried in parallel (RFC 8305). To be called on the loop's thread, and
    /// completes on it.
    /// </summary>
    /// <param name="loop">Whose socket it will be.</param>
    /// <param name="host">A name or an address.</param>
    /// <param name="port">1…65535.</param>
    /// <param name="timeout">For the name, and for all of its addresses.</param>
    /// <param name="keepAlive">After how much silence the peer is probed; null for never.</param>
    /// <param name="handler">Who is told what comes: from <see cref="LoopSocket.Receive"/> on, and nothing before the
    /// connection is there.</param>
    /// <param name="cancellation">Gives it up, and closes what was opened.</param>
    /// <exception cref="SocketException">No address accepted; <see cref="SocketError.TimedOut"/> if none in
    /// time.</exception>
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    public async ValueTask<LoopSocket> ConnectAsync(
        EventLoop loop,
        string host,
        int port,
        TimeSpan timeout,
        TimeSpan? keepAlive,
        ISocketHandler handler,
        CancellationToken cancellation)
    {
        cancellation.ThrowIfCancellationRequested();
        var start = time.GetTimestamp();
        var addresses = await FindAsync(host, timeout, cancellation);
        await loop.Enter();
        var left = timeout - time.GetElapsedTime(start);
        return await new LoopConnect(loop, sources, new ConnectTarget(addresses, port, keepAlive), handler)
            .StartAsync(left, time, cancellation);
    }

    private ValueTask<NodeAddresses> FindAsync(string host, TimeSpan timeout, CancellationToken cancellation)
    {
        var known = names.FindAsync(host, cancellation);
        return known.IsCompletedSuccessfully ? known : WaitAsync(known.AsTask(), timeout, cancellation);
    }

    private async ValueTask<NodeAddresses> WaitAsync(
        Task<NodeAddresses> asked, TimeSpan timeout, CancellationToken cancellation)
    {
        try
        {
            return await asked.WaitAsync(timeout, time, cancellation);
        }
        catch (TimeoutException)
        {
            throw new SocketException((int)SocketError.TimedOut);
        }
    }
}
