using System.Buffers.Binary;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Numerics;
using System.Text;

namespace WsBalancer.Sockets.ProxyProtocol;

/// <summary>Reads the header of the PROXY protocol, version 1 or 2, with which a connection begins.</summary>
internal static class ProxyHeaderReader
{
    /// <summary>
    /// The length of the longest header that is read, as in nginx. Version 2 allows sixteen times as much; headers of
    /// balancers have a few hundred bytes.
    /// </summary>
    public const int MaxLength = 4096;

    /// <summary>Reads as much of a header as has been received.</summary>
    public static ProxyHeaderReading Read(ReadOnlySpan<byte> bytes)
    {
        if (Begins(bytes, ProxyHeaderForm.SignatureOfV2))
        {
            return bytes.Length < ProxyHeaderForm.FixedLength ? ProxyHeaderReading.Incomplete : ReadBinary(bytes);
        }

        return Begins(bytes, ProxyHeaderForm.SignatureOfV1) ? ReadText(bytes) : ProxyHeaderReading.Missing;
    }

    private static bool Begins(ReadOnlySpan<byte> bytes, ReadOnlySpan<byte> signature) =>
        bytes[..Math.Min(bytes.Length, signature.Length)].SequenceEqual(
            signature[..Math.Min(bytes.Length, signature.Length)]);

    private static ProxyHeaderReading ReadText(ReadOnlySpan<byte> bytes)
    {
        var line = bytes[..Math.Min(bytes.Length, ProxyHeaderForm.MaxLengthOfV1)];
        var end = line.IndexOfAny((byte)'\r', (byte)'\n');
        if (end < 0 || (end == line.Length - 1 && line[end] == '\r'))
        {
            return line.Length < ProxyHeaderForm.MaxLengthOfV1
                ? ProxyHeaderReading.Incomplete
                : ProxyHeaderReading.Malformed;
        }

        if (line[end] != '\r' || line[end + 1] != '\n' || end < ProxyHeaderForm.SignatureOfV1.Length)
        {
            return ProxyHeaderReading.Malformed;
        }

        var text = Encoding.Latin1.GetString(line[ProxyHeaderForm.SignatureOfV1.Length..end]);
        var length = end + 2;
        return text.Split(' ') switch
        {
            // The rest of the line is ignored.
            ["UNKNOWN", ..] => ProxyHeaderReading.Complete(length, null, null),
            ["TCP4", var source, var destination, var sourcePort, var destinationPort] =>
                ReadEndPoints(length, AddressFamily.InterNetwork, source, destination, sourcePort, destinationPort),
            ["TCP6", var source, var destination, var sourcePort, var destinationPort] =>
                ReadEndPoints(length, AddressFamily.InterNetworkV6, source, destination, sourcePort, destinationPort),
            _ => ProxyHeaderReading.Malformed,
        };
    }

    private static ProxyHeaderReading ReadEndPoints(
        int length,
        AddressFamily family,
        string source,
        string destination,
        string sourcePort,
        string destinationPort) =>
        ReadEndPoint(family, source, sourcePort) is { } from
        && ReadEndPoint(family, destination, destinationPort) is { } to
            ? ProxyHeaderReading.Complete(length, from, to)
            : ProxyHeaderReading.Malformed;

    // The platform also parses short and octal forms of IPv4, and IPv6 with brackets, a port or a scope.
    private static IPEndPoint? ReadEndPoint(AddressFamily family, string text, string portText) =>
        !text.AsSpan().ContainsAny("[]%/")
        && IPAddress.TryParse(text, out var address)
        && address.AddressFamily == family
        && (family == AddressFamily.InterNetworkV6 || address.ToString() == text)
        && ushort.TryParse(portText, NumberStyles.None, CultureInfo.InvariantCulture, out var port)
        && (portText[0] != '0' || portText.Length == 1)
            ? new IPEndPoint(address, port)
            : null;

    private static ProxyHeaderReading ReadBinary(ReadOnlySpan<byte> bytes)
    {
        var command = bytes[12];
        var form = bytes[13];
        var length = ProxyHeaderForm.FixedLength + BinaryPrimitives.ReadUInt16BigEndian(bytes[14..]);
        if (command is not (ProxyHeaderForm.Local or ProxyHeaderForm.Proxy)
            || form >> 4 > 3
            || (form & 0xF) > 2
            || length > MaxLength)
        {
            return ProxyHeaderReading.Malformed;
        }

        if (bytes.Length < length)
        {
            return ProxyHeaderReading.Incomplete;
        }

        var header = bytes[..length];
        var addressLength = ProxyHeaderForm.FixedLength + LengthOfAddresses(form);
        if (command == ProxyHeaderForm.Local || form >> 4 == 0)
        {
            // The rest of such a header is ignored, except for its checksum.
            return addressLength <= length && ReadTlvs(header, addressLength) is false
                ? ProxyHeaderReading.Malformed
                : ProxyHeaderReading.Complete(length, null, null);
        }

        if (addressLength > length || ReadTlvs(header, addressLength) is not true)
        {
            return ProxyHeaderReading.Malformed;
        }

        var addresses = header[ProxyHeaderForm.FixedLength..];
        return form switch
        {
            ProxyHeaderForm.Tcp4 => ReadEndPoints(length, addresses, 4),
            ProxyHeaderForm.Tcp6 => ReadEndPoints(length, addresses, 16),

            // The addresses are those of a Unix socket, or of a transport other than TCP.
            _ => ProxyHeaderReading.Complete(length, null, null),
        };
    }

    private static int LengthOfAddresses(byte form) => (form >> 4) switch
    {
        1 => ProxyHeaderForm.LengthOfTcp4,
        2 => ProxyHeaderForm.LengthOfTcp6,
        3 => ProxyHeaderForm.LengthOfUnix,
        _ => 0,
    };

    private static ProxyHeaderReading ReadEndPoints(int length, ReadOnlySpan<byte> addresses, int addressLength)
    {
        var ports = addresses[(2 * addressLength)..];
        return ProxyHeaderReading.Complete(
            length,
            new IPEndPoint(
                new IPAddress(addresses[..addressLength]), BinaryPrimitives.ReadUInt16BigEndian(ports)),
            new IPEndPoint(
                new IPAddress(addresses[addressLength..(2 * addressLength)]),
                BinaryPrimitives.ReadUInt16BigEndian(ports[2..])));
    }

    /// <summary>Skips the fields that follow the addresses.</summary>
    /// <returns>False if a checksum is wrong; null if the bytes are not valid fields.</returns>
    private static bool? ReadTlvs(ReadOnlySpan<byte> header, int start)
    {
        for (var at = start; at < header.Length;)
        {
            if (header.Length - at < ProxyHeaderForm.FixedLengthOfTlv)
            {
                return null;
            }

            var value = at + ProxyHeaderForm.FixedLengthOfTlv;
            var end = value + BinaryPrimitives.ReadUInt16BigEndian(header[(at + 1)..]);
            if (end > header.Length)
            {
                return null;
            }

            if (header[at] == ProxyHeaderForm.TypeOfCrc32C
                && (end - value != sizeof(uint)
                    || BinaryPrimitives.ReadUInt32BigEndian(header[value..]) != Crc32C(header, value)))
            {
                return false;
            }

            at = end;
        }

        return true;
    }

    /// <summary>The checksum of a header in which the checksum itself counts as 0.</summary>
    private static uint Crc32C(ReadOnlySpan<byte> header, int checksum)
    {
        var crc = uint.MaxValue;
        for (var i = 0; i < header.Length; i++)
        {
            var isChecksum = i >= checksum && i < checksum + sizeof(uint);
            crc = BitOperations.Crc32C(crc, isChecksum ? (byte)0 : header[i]);
        }

        return ~crc;
    }
}
