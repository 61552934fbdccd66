using System.Net;
using Microsoft.Extensions.Configuration;
using WsBalancer.Proxy.Identity;
using WsBalancer.Proxy.Settings;

namespace WsBalancer.Proxy.Tests.Identity;

public sealed class ForwardingNamesTests
{
    [Theory]
    [InlineData("X-Forwarded-For", true)]
    [InlineData("x_forwarded_anything", true)]
    [InlineData("X-Original-Method", true)]
    [InlineData("TRUE_client-ip", true)]
    [InlineData("Forwarded", true)]
    [InlineData("X_Corp_Client", true)]
    [InlineData("X-Corp", false)]
    [InlineData("Forwarding", false)]
    [InlineData("X-Forwards", false)]
    [InlineData("User-Agent", false)]
    public void Contains_AnySpelling(string name, bool expected) =>
        Assert.Equal(expected, new ForwardingNames(["x-corp-CLIENT"]).Contains(name));

    [Fact]
    public void Contains_ALongName()
    {
        var names = new ForwardingNames([]);

        Assert.True(names.Contains($"X-Forwarded-{new string('x', 500)}"));
        Assert.False(names.Contains(new string('x', 500)));
    }

    [Theory]
    [InlineData("192.0.2.1", "chat.example", "for=192.0.2.1;host=chat.example;proto=http")]
    [InlineData("192.0.2.1", "chat.example:81", "for=192.0.2.1;host=\"chat.example:81\";proto=http")]
    [InlineData("2001:db8::1", "[::1]", "for=\"[2001:db8::1]\";host=\"[::1]\";proto=http")]
    [InlineData("fe80::1%3", "a\"b\\c", "for=\"[fe80::1]\";host=\"a\\\"b\\\\c\";proto=http")]
    [InlineData(null, "", "for=unknown;proto=http")]
    public void ForwardedElement_IsQuotedAsInTheRfc(string? peer, string host, string expected) => Assert.Equal(
        expected, ForwardedElement.Create(peer is null ? null : IPAddress.Parse(peer), host, "http"));

    [Theory]
    [InlineData("X-Corp:", "'X-Corp:' is not the name of a header")]
    [InlineData("", "'' is not the name of a header")]
    public void AlsoRemove_ThatIsNoName_IsRefused(string name, string expected)
    {
        var errors = new List<SettingsError>();
        BalancerSettings.Read(
            new ConfigurationBuilder().AddInMemoryCollection(
            [
                KeyValuePair.Create<string, string?>("WsBalancer:ForwardedHeaders:AlsoRemove:0", name),
                KeyValuePair.Create<string, string?>("WsBalancer:ForwardedHeaders:AlsoRemove:1", "X-Fine_1"),
            ]).Build(),
            errors);

        var error = Assert.Single(errors);
        Assert.Equal("WsBalancer:ForwardedHeaders:AlsoRemove", error.Key);
        Assert.Contains(expected, error.Message, StringComparison.Ordinal);
    }
}
