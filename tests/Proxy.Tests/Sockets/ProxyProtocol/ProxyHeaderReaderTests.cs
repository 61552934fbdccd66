using System.Net;
using System.Text;
using CsCheck;
using WsBalancer.Sockets.ProxyProtocol;

namespace WsBalancer.Proxy.Tests.Sockets.ProxyProtocol;

public sealed class ProxyHeaderReaderTests
{
    private const string SignatureOfV2 = "0D0A0D0A000D0A515549540A";
    private const string Tcp4 = "0A000001" + "0A000002" + "0FA00050";

    private static readonly Gen<IPEndPoint> EndPoint = Gen.Select(
        Gen.OneOf(Gen.Byte.Array[4], Gen.Byte.Array[16]), Gen.UShort, (address, port) =>
            new IPEndPoint(new IPAddress(address), port));

    private static readonly Gen<byte[]> Header = Gen.Select(
        Gen.Bool.Select(isText => isText ? ProxyProtocolVersion.V1 : ProxyProtocolVersion.V2),
        EndPoint,
        EndPoint,
        Gen.Bool,
        Write);

    [Theory]
    [InlineData("PROXY TCP4 10.0.0.1 10.0.0.2 4000 80\r\n", "10.0.0.1:4000", "10.0.0.2:80")]
    [InlineData("PROXY TCP4 255.255.255.255 0.0.0.0 65535 0\r\n", "255.255.255.255:65535", "0.0.0.0:0")]
    [InlineData("PROXY TCP6 fd00::1 ::FFFF:10.0.0.2 4000 80\r\n", "[fd00::1]:4000", "[::ffff:10.0.0.2]:80")]
    [InlineData("PROXY UNKNOWN\r\n", null, null)]
    [InlineData("PROXY UNKNOWN fd00::1 nonsense, and more of it\r\n", null, null)]
    public void V1_IsRead(string header, string? source, string? destination) =>
        AssertRead(Encoding.ASCII.GetBytes(header), source, destination);

    [Theory]
    [InlineData("PROXY\r\n")]
    [InlineData("proxy TCP4 10.0.0.1 10.0.0.2 4000 80\r\n")]
    [InlineData("GET / HTTP/1.1\r\n")]
    [InlineData("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n")]
    [InlineData("\r\n\r\nGET")]
    [InlineData("\u0016\u0003\u0001")]
    public void SomethingElse_IsNoHeader(string bytes) =>
        Assert.Equal(ProxyHeaderStatus.Missing, ProxyHeaderReader.Read(Encoding.Latin1.GetBytes(bytes)).Status);

    [Theory]
    [InlineData("PROXY \r\n")]
    [InlineData("PROXY TCP4\r\n")]
    [InlineData("PROXY TCP5 10.0.0.1 10.0.0.2 4000 80\r\n")]
    [InlineData("PROXY TCP4 10.0.0.1 10.0.0.2 4000\r\n")]
    [InlineData("PROXY TCP4 10.0.0.1 10.0.0.2 4000 80 \r\n")]
    [InlineData("PROXY TCP4  10.0.0.1 10.0.0.2 4000 80\r\n")]
    [InlineData("PROXY TCP4 10.0.0.1 10.0.0.2 4000 80\n")]
    [InlineData("PROXY TCP4 10.0.0.1 10.0.0.2 4000 80\rGET")]
    [InlineData("PROXY TCP4 10.0.0.1 10.0.0.2 65536 80\r\n")]
    [InlineData("PROXY TCP4 10.0.0.1 10.0.0.2 04000 80\r\n")]
    [InlineData("PROXY TCP4 10.0.0.1 10.0.0.2 -1 80\r\n")]
    [InlineData("PROXY TCP4 10.0.0.01 10.0.0.2 4000 80\r\n")]
    [InlineData("PROXY TCP4 10.1 10.0.0.2 4000 80\r\n")]
    [InlineData("PROXY TCP4 fd00::1 10.0.0.2 4000 80\r\n")]
    [InlineData("PROXY TCP6 10.0.0.1 10.0.0.2 4000 80\r\n")]
    [InlineData("PROXY TCP6 [fd00::1] fd00::2 4000 80\r\n")]
    [InlineData("PROXY TCP6 fe80::1%1 fd00::2 4000 80\r\n")]
    public void V1_ThatIsWrong_IsMalformed(string header) =>
        Assert.Equal(ProxyHeaderStatus.Malformed, ProxyHeaderReader.Read(Encoding.ASCII.GetBytes(header)).Status);

    [Fact]
    public void V1_HasAtMost107Bytes()
    {
        const string Begin = "PROXY UNKNOWN ";
        var longest = Begin + new string('x', 107 - Begin.Length - 2) + "\r\n";

        AssertRead(Encoding.ASCII.GetBytes(longest), null, null);
        Assert.Equal(
            ProxyHeaderStatus.Malformed,
            ProxyHeaderReader.Read(Encoding.ASCII.GetBytes("PROXY UNKNOWN x" + longest[Begin.Length..])).Status);
    }

    [Theory]
    [InlineData("2111000C" + Tcp4, "10.0.0.1:4000", "10.0.0.2:80")]
    [InlineData("21210024" + "FD000000000000000000000000000001" + "FD000000000000000000000000000002" + "0FA00050",
        "[fd00::1]:4000", "[fd00::2]:80")]

    // Fields after the addresses: NOOP, ALPN, an unknown one.
    [InlineData("21110019" + Tcp4 + "0400020000" + "010002" + "6832" + "EA0000", "10.0.0.1:4000", "10.0.0.2:80")]

    // LOCAL, without a body, with addresses, and with malformed fields.
    [InlineData("20000000", null, null)]
    [InlineData("2011000C" + Tcp4, null, null)]
    [InlineData("20110003" + "0A0000", null, null)]
    [InlineData("20000002" + "FFFF", null, null)]

    // Unspecified, UDP over IPv4.
    [InlineData("21000000", null, null)]
    [InlineData("2112000C" + Tcp4, null, null)]
    public void V2_IsRead(string rest, string? source, string? destination) =>
        AssertRead(Convert.FromHexString(SignatureOfV2 + rest), source, destination);

    [Fact]
    public void V2_OfAUnixSocket_IsRead() =>
        AssertRead([.. Convert.FromHexString(SignatureOfV2 + "213100D8"), .. new byte[216]], null, null);

    // HAProxy 2.6 sends the first one with "send-proxy-v2 proxy-v2-options crc32c,unique-id".
    [Theory]
    [InlineData("21110019" + "7F0000017F000001C8784773" + "030004" + "C687FFE1" + "050003616263", true)]
    [InlineData("21110019" + "7F0000017F000001C8784773" + "030004" + "C687FFE2" + "050003616263", false)]
    [InlineData("21110019" + "7F0000017F000001C8784774" + "030004" + "C687FFE1" + "050003616263", false)]
    [InlineData("20000007" + "030004" + "00000000", false)]
    [InlineData("21110011" + Tcp4 + "0300020000", false)]
    public void V2_WithAChecksum_IsCheckedByIt(string rest, bool isRight) =>
        Assert.Equal(
            isRight ? ProxyHeaderStatus.Complete : ProxyHeaderStatus.Malformed,
            ProxyHeaderReader.Read(Convert.FromHexString(SignatureOfV2 + rest)).Status);

    [Theory]
    [InlineData("1111000C" + Tcp4)]
    [InlineData("2211000C" + Tcp4)]
    [InlineData("2141000C" + Tcp4)]
    [InlineData("2113000C" + Tcp4)]
    [InlineData("2111000B" + "0A0000010A0000020FA000")]
    [InlineData("2121000C" + Tcp4)]
    [InlineData("2111000E" + Tcp4 + "0400")]
    [InlineData("2111000F" + Tcp4 + "040001")]
    [InlineData("21110FF1" + Tcp4)]
    [InlineData("2111FFFF" + Tcp4)]
    public void V2_ThatIsWrong_IsMalformed(string rest) =>
        Assert.Equal(
            ProxyHeaderStatus.Malformed, ProxyHeaderReader.Read(Convert.FromHexString(SignatureOfV2 + rest)).Status);

    [Fact]
    public void V2_HasAtMost4096Bytes()
    {
        byte[] longest =
            [.. Convert.FromHexString(SignatureOfV2 + "21110FF0" + Tcp4 + "040FE1"), .. new byte[0xFE1]];

        Assert.Equal(ProxyHeaderReader.MaxLength, longest.Length);
        AssertRead(longest, "10.0.0.1:4000", "10.0.0.2:80");
    }

    [Fact]
    public void WhatIsWritten_IsRead() =>
        Gen.Select(EndPoint, EndPoint, Gen.Bool).Sample((source, destination, isText) =>
        {
            var header = Write(
                isText ? ProxyProtocolVersion.V1 : ProxyProtocolVersion.V2, source, destination, isKnown: true);
            var read = ProxyHeaderReader.Read(header);
            return read.Status == ProxyHeaderStatus.Complete
                && read.Length == header.Length
                && IsSame(source, read.Source!)
                && IsSame(destination, read.Destination!);
        });

    // Any split by TCP, followed by any bytes.
    [Fact]
    public void APrefixOfAHeader_IsIncomplete_AndWhatFollowsIsLeft() =>
        Gen.Select(Header, Gen.Byte.Array).Sample((header, rest) =>
            Enumerable.Range(0, header.Length).All(
                length => ProxyHeaderReader.Read(header.AsSpan(0, length)).Status == ProxyHeaderStatus.Incomplete)
            && ProxyHeaderReader.Read([.. header, .. rest]) is { Status: ProxyHeaderStatus.Complete } read
            && read.Length == header.Length);

    // Random bytes, and headers with a changed byte: no exception, and the same decision with more bytes.
    [Fact]
    public void AnyBytes_AreDecidedOnce() =>
        Gen.OneOf(
            Gen.Byte.Array,
            Gen.Select(Header, Gen.Byte.Array, (header, rest) => (byte[])[.. header, .. rest]),
            Gen.Select(Header, Gen.Int[0, 200], Gen.Byte, Gen.Byte.Array, (header, at, value, rest) =>
            {
                header[at % header.Length] = value;
                return (byte[])[.. header, .. rest];
            })).Sample(bytes =>
            {
                var decision = ProxyHeaderReading.Incomplete;
                for (var length = 0; length <= bytes.Length; length++)
                {
                    var read = ProxyHeaderReader.Read(bytes.AsSpan(0, length));
                    if (decision.Status != ProxyHeaderStatus.Incomplete && read != decision)
                    {
                        return false;
                    }

                    decision = read;
                }

                return decision.Length <= bytes.Length;
            });

    private static bool IsSame(IPEndPoint sent, IPEndPoint read) =>
        sent.Port == read.Port && sent.Address.MapToIPv6().Equals(read.Address.MapToIPv6());

    private static byte[] Write(
        ProxyProtocolVersion version, IPEndPoint source, IPEndPoint destination, bool isKnown)
    {
        var output = new byte[ProxyHeader.MaxLength];
        return output[..ProxyHeader.Write(output, version, isKnown ? new ClientEndPoints(source, destination) : null)];
    }

    private static void AssertRead(byte[] header, string? source, string? destination)
    {
        var read = ProxyHeaderReader.Read([.. header, .. "GET / HTTP/1.1"u8]);

        Assert.Equal(
            ProxyHeaderReading.Complete(
                header.Length,
                source is null ? null : IPEndPoint.Parse(source),
                destination is null ? null : IPEndPoint.Parse(destination)),
            read);
    }
}
