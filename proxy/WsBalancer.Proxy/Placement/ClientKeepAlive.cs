using System.Net.Sockets;
using System.Runtime.CompilerServices;
using Microsoft.AspNetCore.Connections.Features;
using Microsoft.AspNetCore.Http;
using WsBalancer.Sockets.Tcp;
using WsBalancer.Sockets.Transport;

namespace WsBalancer.Proxy.Placement;

/// <summary>
/// Sets TCP keep-alive on the connections of clients, as configured for their cluster: from the first request on, since
/// a stream of events may be as silent as a tunnel.
/// </summary>
internal static class ClientKeepAlive
{
    // The time that is set on each connection: a connection has many requests, and each socket option is a system call.
    private static readonly ConditionalWeakTable<object, object> Applied = [];

    public static void Apply(HttpContext context, TimeSpan? silence)
    {
        if (silence is not { } time)
        {
            return;
        }

        if (context.Features.Get<LoopConnection>() is { } connection)
        {
            if (IsNew(connection, time))
            {
                connection.KeepAlive(time);
            }
        }
        else if (context.Features.Get<IConnectionSocketFeature>()?.Socket is { } socket && IsNew(socket, time))
        {
            Apply(socket, time);
        }
    }

    private static void Apply(Socket socket, TimeSpan silence)
    {
        try
        {
            socket.KeepAlive(silence);
        }
        catch (Exception ex) when (ex is SocketException or ObjectDisposedException)
        {
            // The client has disconnected, and the server has closed the socket.
            return;
        }
    }

    private static bool IsNew(object connection, TimeSpan silence)
    {
        if (Applied.TryGetValue(connection, out var applied) && (TimeSpan)applied == silence)
        {
            return false;
        }

        Applied.AddOrUpdate(connection, silence);
        return true;
    }
}
