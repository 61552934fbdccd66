using System.Net;
using System.Net.Sockets;

namespace WsBalancer.Proxy.Checking;

/// <summary>Whether an address is one of this machine.</summary>
internal static class MachineAddress
{
    /// <returns>The reason for which a socket cannot be bound to the address; null if it can.</returns>
    public static string? BindErrorOf(IPAddress address)
    {
        try
        {
            // Port 0 lets the kernel choose a free port. Only a bind is a certain test, since the kernel may be
            // configured to allow an address that the machine does not have at this time (ip_nonlocal_bind).
            using var socket = new Socket(address.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
            socket.Bind(new IPEndPoint(address, 0));
            return null;
        }
        catch (SocketException ex) when (ex.SocketErrorCode
            is SocketError.AddressNotAvailable or SocketError.AddressFamilyNotSupported)
        {
            return ex.Message;
        }
        catch (SocketException)
        {
            // A lack of descriptors, for example, is no mistake in the configuration.
            return null;
        }
    }
}
