using System.Net;
using System.Text;
using WsBalancer.Sockets.ProxyProtocol;

namespace WsBalancer.Proxy.Tests.Sockets.ProxyProtocol;

public sealed class ProxyHeaderTests
{
    private const string SignatureOfV2 = "0D0A0D0A000D0A515549540A";

    [Theory]
    [InlineData("10.0.0.1:4000", "10.0.0.2:80", "PROXY TCP4 10.0.0.1 10.0.0.2 4000 80\r\n")]
    [InlineData("[::ffff:10.0.0.1]:4000", "[::ffff:10.0.0.2]:80", "PROXY TCP4 10.0.0.1 10.0.0.2 4000 80\r\n")]
    [InlineData("[fd00::1]:4000", "[fd00::2]:80", "PROXY TCP6 fd00::1 fd00::2 4000 80\r\n")]
    [InlineData("10.0.0.1:4000", "[fd00::2]:80", "PROXY TCP6 ::ffff:10.0.0.1 fd00::2 4000 80\r\n")]
    [InlineData("[fd00::1]:4000", "10.0.0.2:80", "PROXY TCP6 fd00::1 ::ffff:10.0.0.2 4000 80\r\n")]
    [InlineData("[fe80::1%7]:4000", "[fd00::2]:80", "PROXY TCP6 fe80::1 fd00::2 4000 80\r\n")]
    [InlineData(null, "10.0.0.2:80", "PROXY UNKNOWN\r\n")]
    [InlineData("10.0.0.1:4000", null, "PROXY UNKNOWN\r\n")]
    public void V1_IsALineOfText(string? source, string? destination, string line) =>
        Assert.Equal(line, Encoding.ASCII.GetString(Write(ProxyProtocolVersion.V1, Client(source, destination))));

    [Theory]
    [InlineData("10.0.0.1:4000", "10.0.0.2:80", "2111000C" + "0A000001" + "0A000002" + "0FA00050")]
    [InlineData("[::ffff:10.0.0.1]:4000", "10.0.0.2:80", "2111000C" + "0A000001" + "0A000002" + "0FA00050")]
    [InlineData("[fd00::1]:4000", "10.0.0.2:80",
        "21210024" + "FD000000000000000000000000000001" + "00000000000000000000FFFF0A000002" + "0FA00050")]
    [InlineData(null, null, "21000000")]
    public void V2_IsBinary(string? source, string? destination, string rest) =>
        Assert.Equal(
            SignatureOfV2 + rest,
            Convert.ToHexString(Write(ProxyProtocolVersion.V2, Client(source, destination))));

    [Fact]
    public void WithoutAClient_ItIsTheBalancersOwn()
    {
        Assert.Equal("PROXY UNKNOWN\r\n"u8, Write(ProxyProtocolVersion.V1, null));
        Assert.Equal(SignatureOfV2 + "20000000", Convert.ToHexString(Write(ProxyProtocolVersion.V2, null)));
        Assert.Empty(Write(ProxyProtocolVersion.Off, null));
    }

    [Fact]
    public void AUnixSocket_IsUnknown()
    {
        var client = new ClientEndPoints(
            new System.Net.Sockets.UnixDomainSocketEndPoint("/tmp/a"), IPEndPoint.Parse("10.0.0.2:80"));

        Assert.Equal("PROXY UNKNOWN\r\n"u8, Write(ProxyProtocolVersion.V1, client));
        Assert.Equal(SignatureOfV2 + "21000000", Convert.ToHexString(Write(ProxyProtocolVersion.V2, client)));
    }

    private static ClientEndPoints Client(string? source, string? destination) => new(
        source is null ? null : IPEndPoint.Parse(source), destination is null ? null : IPEndPoint.Parse(destination));

    private static byte[] Write(ProxyProtocolVersion version, ClientEndPoints? client)
    {
        var output = new byte[ProxyHeader.MaxLength];
        return output[..ProxyHeader.Write(output, version, client)];
    }
}
