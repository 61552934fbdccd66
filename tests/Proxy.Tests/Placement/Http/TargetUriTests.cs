using WsBalancer.Proxy.Placement.Http;

namespace WsBalancer.Proxy.Tests.Placement.Http;

public sealed class TargetUriTests
{
    private const string Odd = "/a%2Fb%3A%41%E9%e9|{}\"^%//c/../d/./%2e%2E#e";

    [Theory]
    [InlineData("http://node.example", "", "", "/")]
    [InlineData("http://node.example/", "", "?", "/?")]
    [InlineData("http://node.example/", Odd, "?x=%zz|{}#", $"{Odd}?x=%zz|{{}}#")]
    [InlineData("http://node.example:81/base", Odd, "", $"/base{Odd}")]
    [InlineData("http://node.example:81/base/", "/", "", "/base/")]
    [InlineData("http://node.example:81/base/", "", "?a", "/base?a")]
    [InlineData("http://[::1]:81/b%20c/", "//", "", "/b%20c//")]
    [InlineData("http://node.example/ä b/../c/", "/d", "", "/c/d")]
    public void Target_IsThePrefixAndWhatWasGiven(string node, string path, string query, string expected)
    {
        var uri = TargetUri.Create(node, path, query);

        Assert.Equal(expected, uri.Target);
        Assert.Equal(expected, uri.PathAndQuery);
        Assert.Equal(new Uri(node).Authority, uri.Authority);
        Assert.Equal(new Uri(node).Scheme, uri.Scheme);
    }

    [Fact]
    public void Asterisk_IsATargetOfTheNode()
    {
        var uri = TargetUri.CreateAsterisk("http://node.example:81/base/");

        Assert.Equal("*", uri.Target);
        Assert.Equal("http://node.example:81/", uri.AbsoluteUri);
    }
}
