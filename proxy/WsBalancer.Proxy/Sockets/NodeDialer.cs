using System.Net;
using System.Net.Sockets;

namespace WsBalancer.Proxy.Sockets;

/// <summary>Opens connections to nodes.</summary>
internal sealed class NodeDialer(NameCache names, SourceAddresses sources, TimeProvider time)
{
    /// <summary>
    /// Connects to the first address of the host that accepts, within <paramref name="timeout"/> in all.
    /// </summary>
    /// <exception cref="SocketException">No address accepted; <see cref="SocketError.TimedOut"/> if none in
    /// time.</exception>
    public async ValueTask<Socket> ConnectAsync(
        string host, int port, TimeSpan timeout, TimeSpan? keepAlive, CancellationToken cancellation)
    {
        using var deadline = new CancellationTokenSource(timeout, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(deadline.Token, cancellation);
        try
        {
            var addresses = await names.FindAsync(host, either.Token);
            return await ConnectToAnyAsync(addresses, port, keepAlive, either.Token);
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
            throw new SocketException((int)SocketError.TimedOut);
        }
    }

    private async ValueTask<Socket> ConnectToAnyAsync(
        IPAddress[] addresses, int port, TimeSpan? keepAlive, CancellationToken cancellation)
    {
        for (var i = 0; ; i++)
        {
            var socket = new Socket(addresses[i].AddressFamily, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
            try
            {
                sources.Bind(socket);
                await socket.ConnectAsync(new IPEndPoint(addresses[i], port), cancellation);
                socket.KeepAlive(keepAlive);
                return socket;
            }
            catch (SocketException) when (i + 1 < addresses.Length)
            {
                socket.Dispose();
            }
            catch
            {
                socket.Dispose();
                throw;
            }
        }
    }
}
