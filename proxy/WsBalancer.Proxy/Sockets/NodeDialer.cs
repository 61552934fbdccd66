using System.Net;
using System.Net.Sockets;
using WsBalancer.Sockets.Linux;
using WsBalancer.Sockets.Names;
using WsBalancer.Sockets.Tcp;

namespace WsBalancer.Proxy.Sockets;

/// <summary>Opens connections to nodes.</summary>
internal sealed class NodeDialer(NameCache names, SourceAddressPool sources, TimeProvider time)
{
    /// <summary>
    /// Connects to the first address of the host that accepts a connection; <paramref name="timeout"/> limits the time
    /// of all attempts together. If an address does not respond in time, the next one is tried in parallel (RFC 8305).
    /// </summary>
    /// <exception cref="SocketException">No address accepted a connection; <see cref="SocketError.TimedOut"/> if none
    /// did in time.</exception>
    public async ValueTask<Socket> ConnectAsync(
        string host, int port, TimeSpan timeout, TimeSpan? keepAlive, CancellationToken cancellation)
    {
        var start = time.GetTimestamp();
        using var deadline = new CancellationTokenSource(timeout, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(deadline.Token, cancellation);
        try
        {
            var addresses = await names.FindAsync(host, either.Token);
            if (addresses.Count > 1)
            {
                var delay = addresses.DelayWithin(timeout - time.GetElapsedTime(start));
                return await ConnectToAnyAsync(addresses, port, keepAlive, delay, either.Token);
            }

            var socket = await ConnectAsync(addresses[0], port, keepAlive, either.Token);
            addresses.Connected(addresses[0]);
            return socket;
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
            throw new SocketException((int)SocketError.TimedOut);
        }
    }

    /// <summary>
    /// Whether the peer of a kept connection is still an address of the host. False if the host is a name that no
    /// longer has that address.
    /// </summary>
    public bool IsCurrent(string host, Socket socket) =>
        socket.RemoteEndPoint is not IPEndPoint peer || names.Has(host, peer.Address);

    /// <summary>
    /// Connects as the platform's HTTP client does by default, but fails if fewer than
    /// <see cref="DescriptorLimit.KeptByDialed"/> descriptors are left to the rest of the process.
    /// </summary>
    /// <exception cref="SocketException">No address accepted a connection, or too few descriptors are left.</exception>
    public static async ValueTask<Stream> ConnectAsync(DnsEndPoint endPoint, CancellationToken cancellation)
    {
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            ThrowIfTooFewAreLeft(socket);
            await socket.ConnectAsync(endPoint, cancellation);
            return new NetworkStream(socket, ownsSocket: true);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    private static void ThrowIfTooFewAreLeft(Socket socket)
    {
        if (DescriptorLimit.LeavesTooFew((int)socket.SafeHandle.DangerousGetHandle(), DescriptorLimit.KeptByDialed))
        {
            throw new SocketException((int)SocketError.TooManyOpenSockets);
        }
    }

    private async ValueTask<Socket> ConnectToAnyAsync(
        HostAddresses addresses, int port, TimeSpan? keepAlive, TimeSpan delay, CancellationToken cancellation)
    {
        using var others = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        var attempts = new List<Task<(Socket Socket, IPAddress Address)>>(addresses.Count);
        var begun = 0;
        try
        {
            while (true)
            {
                if (begun < addresses.Count)
                {
                    attempts.Add(AttemptAsync(addresses[begun++], port, keepAlive, others.Token));
                }

                var hasMore = begun < addresses.Count;
                var timeout = hasMore ? delay : Timeout.InfiniteTimeSpan;
                if (await FirstAsync(attempts, timeout, cancellation) is not { } done)
                {
                    continue;
                }

                attempts.Remove(done);
                if (done.IsFaulted && (hasMore || attempts.Count > 0))
                {
                    continue;
                }

                var (socket, address) = await done;
                addresses.Connected(address);
                return socket;
            }
        }
        finally
        {
            await others.CancelAsync();
            attempts.ForEach(static attempt => _ = CloseAsync(attempt));
        }
    }

    /// <returns>The first attempt that completes; null if none does within the delay.</returns>
    private async ValueTask<Task<T>?> FirstAsync<T>(
        List<Task<T>> attempts, TimeSpan delay, CancellationToken cancellation)
    {
        try
        {
            return await Task.WhenAny(attempts).WaitAsync(delay, time, cancellation);
        }
        catch (TimeoutException)
        {
            return null;
        }
    }

    // Two attempts may succeed at the same moment: the connection that is not used must be closed.
    private static async Task CloseAsync(Task<(Socket Socket, IPAddress Address)> attempt)
    {
        await ((Task)attempt).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        if (attempt.IsCompletedSuccessfully)
        {
            (await attempt).Socket.Dispose();
        }
    }

    private async Task<(Socket Socket, IPAddress Address)> AttemptAsync(
        IPAddress address, int port, TimeSpan? keepAlive, CancellationToken cancellation) =>
        (await ConnectAsync(address, port, keepAlive, cancellation), address);

    private async ValueTask<Socket> ConnectAsync(
        IPAddress address, int port, TimeSpan? keepAlive, CancellationToken cancellation)
    {
        var socket = new Socket(address.AddressFamily, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            ThrowIfTooFewAreLeft(socket);
            sources.Bind(socket);
            await socket.ConnectAsync(new IPEndPoint(address, port), cancellation);
            socket.KeepAlive(keepAlive);
            return socket;
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }
}
