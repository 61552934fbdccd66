using System.Net;
using WsBalancer.Proxy.Identity;

namespace WsBalancer.Proxy.Tests.Identity;

public sealed class ClientAddressTests
{
    [Theory]
    [InlineData("192.0.2.1", "198.51.100.7", "192.0.2.1")]
    [InlineData("10.0.0.1", "198.51.100.7", "198.51.100.7")]
    [InlineData("::ffff:10.0.0.1", "198.51.100.7", "198.51.100.7")]
    [InlineData("fd00::1", "2001:db8::7", "2001:db8::7")]
    [InlineData("10.0.0.1", "203.0.113.9, 198.51.100.7, 10.0.0.2", "198.51.100.7")]
    [InlineData("10.0.0.1", "203.0.113.9,198.51.100.7,10.0.0.2,172.16.0.1", "198.51.100.7")]
    [InlineData("10.0.0.1", "10.0.0.3, 10.0.0.2", "10.0.0.3")]
    [InlineData("10.0.0.1", "198.51.100.7:4711, 10.0.0.2:80", "198.51.100.7")]
    [InlineData("10.0.0.1", "[2001:db8::7]:4711", "2001:db8::7")]
    [InlineData("10.0.0.1", "[2001:db8::7]", "2001:db8::7")]
    [InlineData("10.0.0.1", "::ffff:198.51.100.7", "198.51.100.7")]
    [InlineData("10.0.0.1", "198.51.100.7, unknown", "10.0.0.1")]
    [InlineData("10.0.0.1", "198.51.100.7, unknown, 10.0.0.2", "10.0.0.2")]
    [InlineData("10.0.0.1", "1", "10.0.0.1")]
    [InlineData("10.0.0.1", "198.51.100.7,", "10.0.0.1")]
    [InlineData("10.0.0.1", "", "10.0.0.1")]
    public void Of_BelievesTheListFromTheRightAsFarAsItIsTrusted(string peer, string forwarded, string expected)
    {
        var trusted = RequestContext.Trusting("10.0.0.0/8", "172.16.0.1", "fd00::/8");

        var context = RequestContext.Of(peer: peer, headers: ("X-Forwarded-For", forwarded));

        var address = ClientAddress.Of(context, trusted);

        Assert.Equal(expected, address?.ToString());
    }

    [Fact]
    public void Of_SeveralHeaderLines_WalksThemAsOneList()
    {
        var context = RequestContext.Of(
            peer: "10.0.0.1",
            headers: [("X-Forwarded-For", "203.0.113.9, 198.51.100.7"), ("X-Forwarded-For", "10.0.0.2")]);

        Assert.Equal(
            IPAddress.Parse("198.51.100.7"), ClientAddress.Of(context, RequestContext.Trusting("10.0.0.0/8")));
    }

    [Fact]
    public void Of_AConnectionWithoutAddress_IsNull()
    {
        var context = RequestContext.Of(headers: ("X-Forwarded-For", "198.51.100.7"));
        context.Connection.RemoteIpAddress = null;

        Assert.Null(ClientAddress.Of(context, RequestContext.Trusting("0.0.0.0/0")));
    }

    [Theory]
    [InlineData("10.1.2.3", "10.1.2.3", true)]
    [InlineData("10.1.2.3", "10.1.2.4", false)]
    [InlineData("10.0.0.0/8", "10.255.255.255", true)]
    [InlineData("10.0.0.1/8", "10.255.255.255", true)]
    [InlineData("10.0.0.0/8", "11.0.0.0", false)]
    [InlineData("10.0.0.0/8", "::ffff:10.1.1.1", true)]
    [InlineData("::ffff:10.1.2.3", "10.1.2.3", true)]
    [InlineData("::ffff:10.0.0.0/104", "10.1.2.3", true)]
    [InlineData("fd00::/8", "fd12::1", true)]
    [InlineData("0.0.0.0/0", "::1", false)]
    public void Contains_TakesAddressesAndNetworks(string text, string address, bool expected) =>
        Assert.Equal(expected, RequestContext.Trusting(text).Contains(IPAddress.Parse(address)));

    [Theory]
    [InlineData("")]
    [InlineData("proxy.local")]
    [InlineData("10.0.0.0/33")]
    [InlineData("10.1")]
    public void TryParse_OfAnythingElse_NamesIt(string text)
    {
        Assert.False(TrustedProxies.TryParse(["10.0.0.1", text], out _, out var error));
        Assert.StartsWith($"'{text}' is neither an address nor a network: ", error, StringComparison.Ordinal);
    }
}
