using System.Net.Sockets;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Connections.Features;
using WsBalancer.Proxy.Sockets.Linux;

namespace WsBalancer.Proxy.Sockets.Transport;

/// <summary>How many connections a server may have, and how long one may send nothing.</summary>
/// <param name="kept">The descriptors that connections leave to the rest of the process.</param>
/// <param name="shortage">Refuses clients, and logs that there are no descriptors for them.</param>
/// <param name="firstBytes">Closes connections whose clients send nothing.</param>
internal sealed class ConnectionLimits(int kept, DescriptorShortage shortage, FirstByteTimeouts firstBytes)
{
    private int _open;

    /// <summary>The connections that there may be at a time; null for as many as there are descriptors.</summary>
    public Func<int>? Most { get; init; }

    /// <summary>Counts a connection above <see cref="Most"/>, and returns its response.</summary>
    public Func<byte[]>? RefuseAboveMost { get; init; }

    /// <summary>Applies the limits to a new connection.</summary>
    /// <param name="connection">Of any transport.</param>
    /// <param name="refusal">The response with which it is to be closed, if there is no room for it.</param>
    /// <returns>The connection to serve; null if there is no room for it.</returns>
    public ConnectionContext? Accept(ConnectionContext connection, out byte[]? refusal)
    {
        refusal = RefusalOf(connection);
        if (refusal is not null)
        {
            return null;
        }

        Interlocked.Increment(ref _open);
        return new LimitedConnection(connection, this, firstBytes);
    }

    /// <summary>An accepted connection has ended.</summary>
    public void Ended() => Interlocked.Decrement(ref _open);

    private byte[]? RefusalOf(ConnectionContext connection)
    {
        if (LeavesTooFew(connection))
        {
            shortage.Note(Errno.TooManyFiles);
            return shortage.Refuse();
        }

        return Most is { } most && Volatile.Read(ref _open) >= most() ? RefuseAboveMost!() : null;
    }

    private bool LeavesTooFew(ConnectionContext connection) =>
        connection.Features.Get<IConnectionSocketFeature>()?.Socket is { } socket
            ? DescriptorLimit.LeavesTooFew(DescriptorOf(socket), kept)
            : DescriptorLimit.NextLeavesTooFew(kept);

    private static int DescriptorOf(Socket socket) => (int)socket.SafeHandle.DangerousGetHandle();
}
