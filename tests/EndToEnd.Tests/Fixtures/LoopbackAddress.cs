using System.Net;
using System.Net.Sockets;

namespace WsBalancer.EndToEnd.Tests.Fixtures;

/// <summary>
/// A loopback address of its own for a server that is killed and restarted, so that neither a server nor an outgoing
/// connection can take the port while the server is down. Linux has millions of loopback addresses.
/// </summary>
internal static class LoopbackAddress
{
    private static int Taken;

    public static IPEndPoint NextFree()
    {
        var (process, number) = (Environment.ProcessId, Interlocked.Increment(ref Taken));
        var address = new IPAddress([127, (byte)(128 | (process >> 8 & 63)), (byte)process, (byte)number]);
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        socket.Bind(new IPEndPoint(address, 0));
        return (IPEndPoint)socket.LocalEndPoint!;
    }
}
