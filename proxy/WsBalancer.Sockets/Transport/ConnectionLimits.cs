using System.Diagnostics.CodeAnalysis;
using System.Net.Sockets;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Connections.Features;
using WsBalancer.Sockets.Linux;

namespace WsBalancer.Sockets.Transport;

/// <summary>Limits how many connections a server has, and how long a new client may send nothing.</summary>
/// <param name="kept">How many descriptors the connections leave to the rest of the process.</param>
/// <param name="shortage">Refuses clients, and logs that there are no descriptors for them.</param>
/// <param name="firstBytes">Closes connections whose clients send nothing.</param>
internal sealed class ConnectionLimits(int kept, DescriptorShortage shortage, FirstByteTimeouts firstBytes)
{
    private int _open;

    /// <summary>The maximum number of connections at a time; null if only the descriptors limit it.</summary>
    public Func<int>? MaxConnections { get; init; }

    /// <summary>
    /// Counts a connection that is refused because of <see cref="MaxConnections"/>, and returns the response.
    /// </summary>
    public Func<byte[]>? RefuseConnection { get; init; }

    /// <summary>Applies the limits to a new connection.</summary>
    /// <param name="connection">A connection of any transport.</param>
    /// <param name="accepted">The connection to serve.</param>
    /// <param name="refusal">The response to send before the connection is closed.</param>
    /// <returns>Whether the connection is accepted; otherwise it is refused.</returns>
    public bool TryAccept(
        ConnectionContext connection,
        [NotNullWhen(true)] out ConnectionContext? accepted,
        [NotNullWhen(false)] out byte[]? refusal)
    {
        refusal = RefusalOf(connection);
        if (refusal is not null)
        {
            accepted = null;
            return false;
        }

        Interlocked.Increment(ref _open);
        accepted = new LimitedConnection(connection, this, firstBytes);
        return true;
    }

    /// <summary>Removes an accepted connection that has ended from the count.</summary>
    public void Release() => Interlocked.Decrement(ref _open);

    private byte[]? RefusalOf(ConnectionContext connection)
    {
        if (LeavesTooFew(connection))
        {
            shortage.Record(Errno.TooManyFiles);
            return shortage.Refuse();
        }

        return MaxConnections is { } most && Volatile.Read(ref _open) >= most() ? RefuseConnection?.Invoke() : null;
    }

    private bool LeavesTooFew(ConnectionContext connection) =>
        connection.Features.Get<IConnectionSocketFeature>()?.Socket is { } socket
            ? DescriptorLimit.LeavesTooFew(DescriptorOf(socket), kept)
            : DescriptorLimit.NextLeavesTooFew(kept);

    private static int DescriptorOf(Socket socket) => (int)socket.SafeHandle.DangerousGetHandle();
}
