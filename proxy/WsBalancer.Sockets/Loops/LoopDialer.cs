using System.Net.Sockets;
using System.Runtime.CompilerServices;
using WsBalancer.Sockets.Names;
using WsBalancer.Sockets.Tcp;

namespace WsBalancer.Sockets.Loops;

/// <summary>Opens connections to other hosts from an event loop.</summary>
internal sealed class LoopDialer(NameCache names, SourceAddressPool sources, TimeProvider time)
{
    /// <summary>
    /// Connects to the first address of the host that accepts, within <paramref name="timeout"/> in all. If an address
    /// does not respond in time, the next one is tried in parallel (RFC 8305). Must be called on the loop's thread, and
    /// completes on it.
    /// </summary>
    /// <param name="loop">The loop of the new socket.</param>
    /// <param name="host">A name or an address.</param>
    /// <param name="port">1…65535.</param>
    /// <param name="timeout">For the name resolution and for all addresses together.</param>
    /// <param name="keepAlive">The silence after which the peer is probed; null for never.</param>
    /// <param name="handler">Receives the events of the connected socket: bytes and FIN only after
    /// <see cref="LoopSocket.Receive"/>.</param>
    /// <param name="cancellation">Cancels the connect, and closes the sockets that it opened.</param>
    /// <exception cref="SocketException">No address accepted; <see cref="SocketError.TimedOut"/> if the timeout has
    /// expired.</exception>
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

    private ValueTask<HostAddresses> FindAsync(string host, TimeSpan timeout, CancellationToken cancellation)
    {
        var known = names.FindAsync(host, cancellation);
        return known.IsCompletedSuccessfully ? known : WaitAsync(known.AsTask(), timeout, cancellation);
    }

    private async ValueTask<HostAddresses> WaitAsync(
        Task<HostAddresses> lookup, TimeSpan timeout, CancellationToken cancellation)
    {
        try
        {
            return await lookup.WaitAsync(timeout, time, cancellation);
        }
        catch (TimeoutException)
        {
            throw new SocketException((int)SocketError.TimedOut);
        }
    }
}
