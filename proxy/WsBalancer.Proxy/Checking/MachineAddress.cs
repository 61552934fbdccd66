using System.Net;
using System.Net.Sockets;

namespace WsBalancer.Proxy.Checking;

/// <summary>Whether an address is one of this machine.</summary>
internal static class MachineAddress
{
    /// <returns>Why a socket cannot have the address; null if it can.</returns>
    public static string? FailureOf(IPAddress address)
    {
        try
        {
            // Port 0 is free. The kernel may be configured to allow addresses that the machine has only at times.
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
