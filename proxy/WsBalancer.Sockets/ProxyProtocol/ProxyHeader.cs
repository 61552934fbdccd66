using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;
using System.Text.Unicode;

namespace WsBalancer.Sockets.ProxyProtocol;

/// <summary>
/// Writes the header of the PROXY protocol, with the addresses of a client's connection, at the beginning of a dialed
/// connection.
/// </summary>
internal static class ProxyHeader
{
    /// <summary>The length of the longest header that is written.</summary>
    public const int MaxLength = ProxyHeaderForm.MaxLengthOfV1;

    /// <summary>Writes a header.</summary>
    /// <param name="output">A buffer of at least <see cref="MaxLength"/> bytes.</param>
    /// <param name="version">The form. Off writes nothing.</param>
    /// <param name="client">
    /// The addresses of the client; null for a connection of the balancer's own, as of a probe (v1: UNKNOWN, v2:
    /// LOCAL). Addresses that are not those of TCP are omitted (v1: UNKNOWN, v2: AF_UNSPEC).
    /// </param>
    /// <returns>How many bytes were written.</returns>
    public static int Write(Span<byte> output, ProxyProtocolVersion version, ClientEndPoints? client) =>
        version switch
        {
            ProxyProtocolVersion.V1 => WriteText(output, client),
            ProxyProtocolVersion.V2 => WriteBinary(output, client),
            _ => 0,
        };

    private static int WriteText(Span<byte> output, ClientEndPoints? client)
    {
        if (Find(client) is not var (source, destination, isTcp4))
        {
            "PROXY UNKNOWN\r\n"u8.CopyTo(output);
            return "PROXY UNKNOWN\r\n"u8.Length;
        }

        _ = Utf8.TryWrite(
            output,
            $"PROXY TCP{(isTcp4 ? 4 : 6)} {source.Address} {destination.Address} {source.Port} {destination.Port}\r\n",
            out var written);
        return written;
    }

    private static int WriteBinary(Span<byte> output, ClientEndPoints? client)
    {
        ProxyHeaderForm.SignatureOfV2.CopyTo(output);
        var rest = output[ProxyHeaderForm.SignatureOfV2.Length..];
        rest[0] = client is null ? ProxyHeaderForm.Local : ProxyHeaderForm.Proxy;
        if (Find(client) is not var (source, destination, isTcp4))
        {
            rest[1] = ProxyHeaderForm.Unspecified;
            BinaryPrimitives.WriteUInt16BigEndian(rest[2..], 0);
            return ProxyHeaderForm.FixedLength;
        }

        rest[1] = isTcp4 ? ProxyHeaderForm.Tcp4 : ProxyHeaderForm.Tcp6;
        var length = isTcp4 ? ProxyHeaderForm.LengthOfTcp4 : ProxyHeaderForm.LengthOfTcp6;
        BinaryPrimitives.WriteUInt16BigEndian(rest[2..], (ushort)length);
        var addresses = output[ProxyHeaderForm.FixedLength..];
        _ = source.Address.TryWriteBytes(addresses, out var addressLength);
        _ = destination.Address.TryWriteBytes(addresses[addressLength..], out _);
        BinaryPrimitives.WriteUInt16BigEndian(addresses[(2 * addressLength)..], (ushort)source.Port);
        BinaryPrimitives.WriteUInt16BigEndian(addresses[((2 * addressLength) + 2)..], (ushort)destination.Port);
        return ProxyHeaderForm.FixedLength + length;
    }

    /// <summary>Maps both addresses to one family: IPv4, if each is an IPv4 address or mapped from one.</summary>
    /// <returns>Null if the addresses are unknown, or not those of TCP.</returns>
    private static (IPEndPoint Source, IPEndPoint Destination, bool IsTcp4)? Find(ClientEndPoints? client)
    {
        if (client is not { Source: IPEndPoint from, Destination: IPEndPoint to })
        {
            return null;
        }

        var isTcp4 = IsInternet(from.Address) && IsInternet(to.Address);
        return (
            new IPEndPoint(Map(from.Address, isTcp4), from.Port),
            new IPEndPoint(Map(to.Address, isTcp4), to.Port),
            isTcp4);
    }

    private static bool IsInternet(IPAddress address) =>
        address.AddressFamily == AddressFamily.InterNetwork || address.IsIPv4MappedToIPv6;

    private static IPAddress Map(IPAddress address, bool toInternet) => (address.AddressFamily, toInternet) switch
    {
        (AddressFamily.InterNetworkV6, true) => address.MapToIPv4(),
        (AddressFamily.InterNetwork, false) => address.MapToIPv6(),

        // A scope is valid on this machine only.
        (AddressFamily.InterNetworkV6, false) when address.ScopeId != 0 => new IPAddress(address.GetAddressBytes()),
        _ => address,
    };
}
