using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Configuration;
using WsBalancer.Proxy.Identity;
using WsBalancer.Proxy.Settings;

namespace WsBalancer.Proxy.Tests.Identity;

public sealed class IdentityOptionsTests
{
    private const string Expected =
        "expected claim:NAME, header:NAME, query:NAME, cookie:NAME, path:N (N from 1) or client-ip";

    [Theory]
    [InlineData("claim:sub")]
    [InlineData("claim:http://schemas.example/claims/id")]
    [InlineData("header:X-User-Id")]
    [InlineData("query:user id")]
    [InlineData("cookie:sid")]
    [InlineData("path:1")]
    [InlineData("client-ip")]
    public void UserKey_ThatIsASource_IsTaken(string text) => Assert.Empty(Read(("UserKey:0", text)));

    [Theory]
    [InlineData("")]
    [InlineData("user")]
    [InlineData("claim:")]
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
    public void OnMissingUserKey_CookieWithoutASource_NamesTheOneThatIsNeeded() => Assert.Equal(
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

    [Fact]
    public void IssuedCookie_IsTheOneThatIsNamed() => Assert.Equal("old", new IdentityOptions
    {
        UserKey = ["query:user", "cookie:sid", "cookie:old"],
        OnMissingUserKey = OnMissingUserKey.Cookie,
        Cookie = new() { Name = "old" },
    }.IssuedCookie);

    [Fact]
    public void Cookie_IsRead()
    {
        List<SettingsError> errors = [];
        var options = Read(
            errors,
            ("UserKey", "cookie:sid"),
            ("OnMissingUserKey", "Cookie"),
            ("Cookie:Name", "sid"),
            ("Cookie:Domain", ".example.com"),
            ("Cookie:Path", "/chat"),
            ("Cookie:SameSite", "none"),
            ("Cookie:Secure", "always"),
            ("Cookie:MaxAge", "400d"),
            ("Cookie:Partitioned", "true"),
            ("Cookie:HttpOnly", "false"));

        Assert.Empty(errors);
        var expected = new IssuedCookieOptions
        {
            Name = "sid",
            Domain = ".example.com",
            Path = "/chat",
            SameSite = SameSiteMode.None,
            Secure = CookieSecurity.Always,
            MaxAge = TimeSpan.FromDays(400),
            Partitioned = true,
            HttpOnly = false,
        };
        Assert.Equal(expected, options.Cookie);
    }

    [Theory]
    [InlineData(OnMissingUserKey.Reject)]
    [InlineData(OnMissingUserKey.Spread)]
    public void CreateIdentity_UnlessCookiesAreIssued_HasNoCookie(object onMissing) => Assert.Null(
        new IdentityOptions { UserKey = ["cookie:sid"], OnMissingUserKey = (OnMissingUserKey)onMissing }
            .CreateIdentity(() => TrustedProxies.None, isRaw: false).Cookie);

    [Theory]
    [InlineData("sid=a%20b==", "a%20b==")]
    [InlineData("sid=\"ab\"", "\"ab\"")]
    [InlineData("sid=; sid=ab", "ab")]
    [InlineData("sid=a b; sid=ab", "ab")]
    [InlineData("sid=", null)]
    [InlineData("sid=\"\"", null)]
    [InlineData("sid=a\"b", null)]
    [InlineData("sid=a b", null)]
    [InlineData("sid=a,b", null)]
    [InlineData("sid=a\\b", null)]
    [InlineData("sid=\u00e9", null)]
    [InlineData("sid=a\u007fb", null)]
    public void IssuedCookie_OfMalformedValue_CountsAsMissing(string header, string? expected)
    {
        Assert.Equal(expected, Find(OnMissingUserKey.Cookie, header).Value);
        Assert.Equal(expected, Find(OnMissingUserKey.Cookie, $"a=b; {header}").Value);
    }

    [Fact]
    public void IssuedCookie_TooLongForAnId_CountsAsMissing()
    {
        Assert.Equal(default, Find(OnMissingUserKey.Cookie, $"sid={new string('a', 1025)}"));
        Assert.Equal(new UserId(null, TooLong: true), Find(OnMissingUserKey.Reject, $"sid={new string('a', 1025)}"));
    }

    [Fact]
    public void CookieThatIsNotIssued_IsTakenAsSent() =>
        Assert.Equal("a b", Find(OnMissingUserKey.Spread, "sid=a b").Value);

    [Theory]
    [InlineData("Cookie:Name", "other", "expected the name of a source cookie:NAME in UserKey")]
    [InlineData("Cookie:Name", "SID", "expected the name of a source cookie:NAME in UserKey")]
    [InlineData("Cookie:Name", "", "expected the name of a source cookie:NAME in UserKey")]
    [InlineData("Cookie:Name", "a b", "expected a cookie name, an RFC 6265 token")]
    [InlineData("Cookie:Domain", "", "expected a host name such as example.com")]
    [InlineData("Cookie:Domain", "a b", "expected a host name such as example.com")]
    [InlineData("Cookie:Domain", "example.com:80", "expected a host name such as example.com")]
    [InlineData("Cookie:Domain", "example.com; Secure", "expected a host name such as example.com")]
    [InlineData("Cookie:Domain", "ex\u00e4mple.com", "expected a host name such as example.com")]
    [InlineData("Cookie:Domain", "-a.com", "expected a host name such as example.com")]
    [InlineData("Cookie:Domain", "a..com", "expected a host name such as example.com")]
    [InlineData("Cookie:Domain", "example.com\n", "expected a host name such as example.com")]
    [InlineData("Cookie:Path", "", "expected a path such as / or /chat")]
    [InlineData("Cookie:Path", "chat", "expected a path such as / or /chat")]
    [InlineData("Cookie:Path", "/a;b", "expected a path such as / or /chat")]
    [InlineData("Cookie:Path", "/a b", "expected a path such as / or /chat")]
    [InlineData("Cookie:Path", "/\u00e9", "expected a path such as / or /chat")]
    [InlineData("Cookie:SameSite", "none", "expected Secure to be Always")]
    [InlineData("Cookie:SameSite", "maybe", "expected one of None, Lax, Strict, Unspecified (default Lax)")]
    [InlineData("Cookie:Secure", "yes", "expected one of Auto, Always, Never (default Auto)")]
    [InlineData("Cookie:Partitioned", "true", "expected Secure to be Always")]
    [InlineData("Cookie:MaxAge", "0s", "expected a duration")]
    [InlineData("Cookie:MaxAge", "401d", "expected a duration")]
    [InlineData("Cookie:HttpOnly", "1", "expected true or false (default true)")]
    public void Cookie_ThatIsWrong_IsNamedWithItsValueAndWhatWasExpected(string key, string value, string expected) =>
        Assert.StartsWith(
            $"WsBalancer:Clusters:chat:{key} is '{value}': {expected}",
            Assert.Single(Read(("UserKey", "cookie:sid"), ("OnMissingUserKey", "Cookie"), (key, value))),
            StringComparison.Ordinal);

    [Fact]
    public void Cookie_UnknownKey_IsRefused() => Assert.Equal(
        ["WsBalancer:Clusters:chat:Cookie:MaxAgee is not a known key: did you mean MaxAge?"],
        Read(("UserKey", "cookie:sid"), ("OnMissingUserKey", "Cookie"), ("Cookie:MaxAgee", "1h")));

    [Theory]
    [InlineData("__Host-sid", "Secure", "Domain", "Path")]
    [InlineData("__host-sid", "Secure", "Domain", "Path")]
    [InlineData("__Secure-sid", "Secure")]
    [InlineData("__Http-sid", "Secure", "HttpOnly")]
    [InlineData("__Host-Http-sid", "Secure", "Domain", "Path", "HttpOnly")]
    [InlineData("sid")]
    public void Cookie_ByPrefix_IsRefusedWhatBrowsersRefuse(string name, params string[] keys)
    {
        var mistakes = Read(
            ("UserKey", $"cookie:{name}"),
            ("OnMissingUserKey", "Cookie"),
            ("Cookie:Domain", "example.com"),
            ("Cookie:Path", "/chat"),
            ("Cookie:HttpOnly", "false"));

        Assert.Equal(
            keys.Order(),
            mistakes.Select(mistake => mistake.Split(":Cookie:")[1].Split(' ', ':')[0]).Order());
        Assert.All(mistakes, mistake => Assert.EndsWith(
            $", or browsers drop a cookie named {name}", mistake, StringComparison.Ordinal));
    }

    [Fact]
    public void Cookie_ByPrefix_NamesWhatIsThere()
    {
        const string Key = "WsBalancer:Clusters:chat:Cookie:Secure";
        const string Expected = "expected Always, or browsers drop a cookie named __Host-sid";

        Assert.Equal([$"{Key}: {Expected}"], Read(("UserKey", "cookie:__Host-sid"), ("OnMissingUserKey", "Cookie")));
        Assert.Equal(
            [$"{Key} is 'Never': {Expected}"],
            Read(("UserKey", "cookie:__Host-sid"), ("OnMissingUserKey", "Cookie"), ("Cookie:Secure", "Never")));
    }

    [Fact]
    public void Cookie_ByPrefixWithAllThatItNeeds_IsTaken() => Assert.Empty(Read(
        ("UserKey", "cookie:__Host-Http-sid"),
        ("OnMissingUserKey", "Cookie"),
        ("Cookie:Secure", "Always"),
        ("Cookie:SameSite", "None"),
        ("Cookie:Partitioned", "true"),
        ("Cookie:MaxAge", "off")));

    private static UserId Find(OnMissingUserKey onMissing, string cookies) =>
        new IdentityOptions { UserKey = ["cookie:sid"], OnMissingUserKey = onMissing }
            .CreateUserKey(() => TrustedProxies.None, isRaw: false)
            .Find(RequestContext.Of(headers: ("Cookie", cookies)));

    private static IEnumerable<string> Read(params (string Key, string Value)[] settings)
    {
        List<SettingsError> errors = [];
        Read(errors, settings);

        return errors.Select(error => error.Message);
    }

    private static IdentityOptions Read(List<SettingsError> errors, params (string Key, string Value)[] settings)
    {
        var configuration = new ConfigurationBuilder()
            .AddInMemoryCollection(settings.Select(setting =>
                KeyValuePair.Create($"WsBalancer:Clusters:chat:{setting.Key}", (string?)setting.Value)))
            .Build();
        return new SettingsReader(errors).Read<IdentityOptions>(
            configuration.GetSection("WsBalancer:Clusters:chat"));
    }
}
