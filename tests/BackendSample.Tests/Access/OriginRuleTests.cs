using WsBalancer.BackendSample.Access;

namespace WsBalancer.BackendSample.Tests.Access;

public sealed class OriginRuleTests
{
    [Theory]
    [InlineData("https://app.example.com")]
    [InlineData("HTTPS://App.Example.com")]
    [InlineData("https://a.example.org")]
    [InlineData("https://a.b.example.org")]
    [InlineData("http://localhost:8080")]
    [InlineData("")]
    public void Origin_ThatIsNamed_IsAllowed(string origin) => Assert.True(Rule().Allows(origin));

    [Theory]
    [InlineData("http://app.example.com")]
    [InlineData("https://app.example.com:444")]
    [InlineData("https://app.example.com.evil.example")]
    [InlineData("https://evilexample.org")]
    [InlineData("https://example.org")]
    [InlineData("https://.example.org")]
    [InlineData("https://evil/.example.org")]
    [InlineData("https://evil:443/.example.org")]
    [InlineData("https://user@a.example.org")]
    [InlineData("http://localhost")]
    [InlineData("null")]
    public void Origin_ThatIsNotNamed_IsRefused(string origin) => Assert.False(Rule().Allows(origin));

    [Fact]
    public void Origin_WithoutARule_IsAllowed() => Assert.True(new OriginRule([]).Allows("https://any.example"));

    [Theory]
    [InlineData("https://app.example.com", true)]
    [InlineData("https://*.example.com:8443", true)]
    [InlineData("https://app.example.com/", false)]
    [InlineData("https://app.example.com/path", false)]
    [InlineData("https://a.*.example.com", false)]
    [InlineData("https://*", false)]
    [InlineData("*", false)]
    [InlineData("ftp://app.example.com", false)]
    [InlineData("app.example.com", false)]
    public void Rule_OfAText_IsAnOriginOrNot(string text, bool isOrigin) =>
        Assert.Equal(isOrigin, OriginRule.IsOrigin(text));

    private static OriginRule Rule() =>
        new(["https://app.example.com", "https://*.example.org", "http://localhost:8080"]);
}
