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

    /// <summary>The maximum of connections; null if only the descriptors limit them.</summary>
    public ConnectionMaximum? Maximum { get; init; }

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

        return Maximum is { } maximum && Volatile.Read(ref _open) >= maximum.Count() ? maximum.Refuse() : null;
    }

    private bool LeavesTooFew(ConnectionContext connection) =>
        connection.Features.Get<IConnectionSocketFeature>()?.Socket is { } socket
            ? DescriptorLimit.LeavesTooFew(DescriptorOf(socket), kept)
            : DescriptorLimit.NextLeavesTooFew(kept);

    private static int DescriptorOf(Socket socket) => (int)socket.SafeHandle.DangerousGetHandle();
}

/// <summary>The maximum of the connections at a time.</summary>
/// <param name="Count">Returns the current maximum.</param>
/// <param name="Refuse">Counts a connection that is refused because of the maximum, and returns the response.</param>
internal sealed record ConnectionMaximum(Func<int> Count, Func<byte[]> Refuse);
