using Microsoft.Extensions.Configuration;
using WsBalancer.Proxy.Identity;

namespace WsBalancer.Proxy.Tests.Identity;

public sealed class IdentityOptionsTests
{
    private const string Expected = "expected header:NAME, query:NAME, cookie:NAME, path:N (N from 1) or client-ip";

    [Theory]
    [InlineData("header:X-User-Id")]
    [InlineData("query:user id")]
    [InlineData("cookie:sid")]
    [InlineData("path:1")]
    [InlineData("client-ip")]
    public void UserKey_ThatIsASource_IsTaken(string text) => Assert.Empty(Read(("UserKey:0", text)));

    [Theory]
    [InlineData("")]
    [InlineData("user")]
    [InlineData("header:")]
    [InlineData("header:X User")]
    [InlineData("query:")]
    [InlineData("cookie:a=b")]
    [InlineData("path:0")]
    [InlineData("path:+1")]
    [InlineData("path:one")]
    [InlineData("client-ip:1")]
    [InlineData("Query:user")]
    public void UserKey_ThatIsNone_IsNamedWithWhatWasExpected(string text) => Assert.Equal(
        [$"WsBalancer:Clusters:chat:UserKey: '{text}' is not a source of user ids: {Expected}"],
        Read(("UserKey:0", text), ("UserKey:1", "query:user")));

    [Fact]
    public void UserKey_OfAClaim_IsNotAvailableYet() => Assert.Equal(
        [$"WsBalancer:Clusters:chat:UserKey: 'claim:sub' is not available yet: {Expected}"],
        Read(("UserKey", "claim:sub")));

    [Fact]
    public void UserKey_Missing_IsRequired() =>
        Assert.Equal(["WsBalancer:Clusters:chat:UserKey is missing: expected a list, each a text"], Read());

    [Fact]
    public void OnMissingUserKey_CookieWithoutASource_SaysWhichIsNeeded() => Assert.Equal(
        [
            "WsBalancer:Clusters:chat:OnMissingUserKey is 'cookie': expected a source cookie:NAME in UserKey, "
                + "which names the cookie to issue",
        ],
        Read(("UserKey", "query:user"), ("OnMissingUserKey", "cookie")));

    [Fact]
    public void IssuedCookie_IsTheFirstCookieSource_IfCookiesAreIssued()
    {
        var options = new IdentityOptions { UserKey = ["query:user", "cookie:sid", "cookie:old"] };

        Assert.Null(options.IssuedCookie);
        Assert.Equal("sid", (options with { OnMissingUserKey = OnMissingUserKey.Cookie }).IssuedCookie);
    }

    private static IEnumerable<string> Read(params (string Key, string Value)[] settings)
    {
        List<SettingsError> errors = [];
        var configuration = new ConfigurationBuilder()
            .AddInMemoryCollection(settings.Select(setting =>
                KeyValuePair.Create($"WsBalancer:Clusters:chat:{setting.Key}", (string?)setting.Value)))
            .Build();
        new SettingsReader(errors).Read<IdentityOptions>(configuration.GetSection("WsBalancer:Clusters:chat"));

        return errors.Select(error => error.Message);
    }
}
