using System.Net;
using System.Net.Sockets;

namespace WsBalancer.BackendSample.Tests.Support;

/// <summary>Addresses of servers that are stopped and started again.</summary>
internal static class OwnAddress
{
    private static int Servers;

    // Linux has millions of loopback addresses. Each server has its own, so that no other socket, not even that of an
    // outgoing connection, can take the port while the server is down.
    public static IPEndPoint Find()
    {
        var (process, number) = (Environment.ProcessId, Interlocked.Increment(ref Servers));
        var address = OperatingSystem.IsLinux()
            ? new IPAddress([127, (byte)(64 | (process >> 8)), (byte)process, (byte)number])
            : IPAddress.Loopback;
        using var listener = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        listener.Bind(new IPEndPoint(address, 0));
        return (IPEndPoint)listener.LocalEndPoint!;
    }
}
