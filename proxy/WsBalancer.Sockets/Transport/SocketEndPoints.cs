using System.Net;
using System.Net.Sockets;
using WsBalancer.Sockets.Linux;

namespace WsBalancer.Sockets.Transport;

/// <summary>Reads the two addresses of a connected socket.</summary>
internal static unsafe class SocketEndPoints
{
    private static readonly IPEndPoint AnyEndPoint = new(IPAddress.IPv6Any, 0);

    [ThreadStatic]
    private static SocketAddress? Scratch;

    /// <summary>The local address; null if the kernel does not return one.</summary>
    public static EndPoint? Local(Kernel kernel, int descriptor)
    {
        var address = Scratch ??= new SocketAddress(AddressFamily.InterNetworkV6);
        var length = (uint)address.Buffer.Length;
        fixed (byte* start = address.Buffer.Span)
        {
            return kernel.GetSocketName(descriptor, start, &length) == 0 ? AnyEndPoint.Create(address) : null;
        }
    }

    /// <summary>The address of the peer; null if the socket is not connected any more.</summary>
    public static EndPoint? Remote(Kernel kernel, int descriptor)
    {
        var address = Scratch ??= new SocketAddress(AddressFamily.InterNetworkV6);
        var length = (uint)address.Buffer.Length;
        fixed (byte* start = address.Buffer.Span)
        {
            return kernel.GetPeerName(descriptor, start, &length) == 0 ? AnyEndPoint.Create(address) : null;
        }
    }
}
