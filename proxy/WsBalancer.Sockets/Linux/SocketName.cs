using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;
using System.Runtime.InteropServices;

namespace WsBalancer.Sockets.Linux;

/// <summary>The kernel's <c>struct sockaddr_in</c> and <c>sockaddr_in6</c> (netinet/in.h).</summary>
internal static class SocketName
{
    /// <summary>The length of <c>sockaddr_in6</c>, the longer structure, in bytes.</summary>
    public const int MaxLength = 28;

    private const int Length4 = 16;

    /// <summary>The kernel's number for the family of an address.</summary>
    public static int FamilyOf(IPAddress address) => address.AddressFamily == AddressFamily.InterNetworkV6
        ? SocketConstants.InternetFamily6
        : SocketConstants.InternetFamily;

    /// <summary>Writes an address and a port.</summary>
    /// <param name="destination">A buffer of <see cref="MaxLength"/> bytes.</param>
    /// <param name="address">IPv4 or IPv6.</param>
    /// <param name="port">0…65535.</param>
    /// <returns>The length of the structure in bytes.</returns>
    public static uint Write(Span<byte> destination, IPAddress address, int port)
    {
        // { u16 family; be16 port; u8 address[4]; u8 0[8] } or { family; port; be32 flow; u8 address[16]; u32 scope }.
        destination.Clear();
        var family = (ushort)FamilyOf(address);
        MemoryMarshal.Write(destination, in family);
        BinaryPrimitives.WriteUInt16BigEndian(destination[2..], (ushort)port);
        if (family == SocketConstants.InternetFamily)
        {
            _ = address.TryWriteBytes(destination[4..], out _);
            return Length4;
        }

        _ = address.TryWriteBytes(destination[8..], out _);
        var scope = (uint)address.ScopeId;
        MemoryMarshal.Write(destination[24..], in scope);
        return MaxLength;
    }
}
