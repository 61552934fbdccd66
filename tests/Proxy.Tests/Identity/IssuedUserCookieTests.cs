using System.Text.RegularExpressions;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Configuration;
using WsBalancer.Proxy.Identity;
using WsBalancer.Proxy.Settings;

namespace WsBalancer.Proxy.Tests.Identity;

public sealed partial class IssuedUserCookieTests
{
    [Fact]
    public async Task Issue_ThenClear_StillSetsTheCookie()
    {
        await using var node = await ReportingNode.StartAsync(TrustedProxies.None, issuedCookie: "sid");

        using var response = await node.SendAsync();

        Assert.False(response.Headers.Contains("X-Cleared"));
        Assert.Matches(SetCookie(), Assert.Single(response.Headers.GetValues("Set-Cookie")));
    }

    [Fact]
    public async Task Issue_OnAnUpgrade_IsSentWithThe101()
    {
        await using var node = await ReportingNode.StartAsync(TrustedProxies.None, issuedCookie: "sid");

        using var response = await node.UpgradeAsync();

        Assert.Equal(101, (int)response.StatusCode);
        Assert.Matches(SetCookie(), Assert.Single(response.Headers.GetValues("Set-Cookie")));
    }

    [Fact]
    public void Issue_Often_NeverRepeats()
    {
        var context = RequestContext.Of();
        var cookie = new IssuedUserCookie("sid", new(), () => TrustedProxies.None);

        var ids = Enumerable.Range(0, 1_000).Select(_ => cookie.Issue(context)).ToList();

        Assert.Distinct(ids);
        Assert.All(ids, id => Assert.Equal(22, id.Length));
    }

    [Theory]
    [InlineData("", "path=/; samesite=lax; httponly")]
    [InlineData("HttpOnly=false", "path=/; samesite=lax")]
    [InlineData("SameSite=Strict", "path=/; samesite=strict; httponly")]
    [InlineData("SameSite=Unspecified", "path=/; httponly")]
    [InlineData("Path=/chat Domain=example.com", "domain=example.com; path=/chat; samesite=lax; httponly")]
    [InlineData("MaxAge=2m", "max-age=120; path=/; samesite=lax; httponly")]
    [InlineData("Secure=Always", "path=/; secure; samesite=lax; httponly")]
    [InlineData(
        "Secure=Always SameSite=None Partitioned=true", "path=/; secure; samesite=none; httponly; Partitioned")]
    public async Task Issue_WithOptions_SetsTheirAttributes(string settings, string expected)
    {
        List<SettingsError> errors = [];
        var options = new SettingsReader(errors).Read<IssuedCookieOptions>(new ConfigurationBuilder()
            .AddInMemoryCollection(settings.Split(' ', StringSplitOptions.RemoveEmptyEntries)
                .Select(setting => setting.Split('='))
                .Select(pair => KeyValuePair.Create($"Cookie:{pair[0]}", (string?)pair[1])))
            .Build()
            .GetSection("Cookie"));
        Assert.Empty(errors);

        var (response, id) = await AnswerAsync(RequestContext.Of(), options);

        Assert.Equal($"sid={id}; {expected}", response.Headers.SetCookie);
    }

    [Theory]
    [InlineData("http", null, false, false)]
    [InlineData("https", null, false, true)]
    [InlineData("http", "https", false, false)]
    [InlineData("http", "https", true, true)]
    [InlineData("http", " HTTPS , http", true, true)]
    [InlineData("http", "wss", true, true)]
    [InlineData("http", "http, https", true, false)]
    [InlineData("http", "http", true, false)]
    [InlineData("http", "", true, false)]
    public async Task Issue_BySecureAuto_IsSecureIfTheClientUsedTls(
        string scheme, string? forwarded, bool isTrusted, bool isSecure)
    {
        var context = RequestContext.Of(
            peer: "10.0.0.1", headers: forwarded is null ? [] : [("X-Forwarded-Proto", forwarded)]);
        context.Request.Scheme = scheme;

        var (response, _) = await AnswerAsync(
            context, new(), isTrusted ? RequestContext.Trusting("10.0.0.0/8") : TrustedProxies.None);

        Assert.Equal(isSecure, response.Headers.SetCookie.ToString().Contains("; secure", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Issue_BySecureNever_IsNotSecureOverTls()
    {
        var context = RequestContext.Of();
        context.Request.Scheme = "https";

        var (response, _) = await AnswerAsync(context, new() { Secure = CookieSecurity.Never });

        Assert.DoesNotContain("secure", response.Headers.SetCookie.ToString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(200, null, "private")]
    [InlineData(200, "public, max-age=60", "public, max-age=60,private")]
    [InlineData(200, "no-cache", "no-cache,private")]
    [InlineData(200, "private=\"x-a\"", "private=\"x-a\",private")]
    [InlineData(200, "=, broken", "=, broken,private")]
    [InlineData(404, null, "private")]
    [InlineData(200, "Private, max-age=5", "Private, max-age=5")]
    [InlineData(200, "no-store", "no-store")]
    [InlineData(101, null, null)]
    public async Task Issue_KeepsTheAnswerFromSharedCaches(int status, string? nodes, string? expected)
    {
        var (response, _) = await AnswerAsync(RequestContext.Of(), new(), status: status, answer: headers =>
            headers.CacheControl = nodes);

        Assert.Equal(expected, response.Headers.TryGetValue("Cache-Control", out var value) ? value.ToString() : null);
    }

    [Theory]
    [InlineData("sid=1", false)]
    [InlineData(" sid =; Max-Age=0", false)]
    [InlineData("SID=1", true)]
    [InlineData("sid2=1", true)]
    [InlineData("x=sid=1", true)]
    public async Task Issue_UnlessTheNodeSetsACookieOfTheName(string nodes, bool isIssued)
    {
        var (response, id) = await AnswerAsync(RequestContext.Of(), new(), answer: headers =>
            headers.SetCookie = nodes);

        var ours = $"sid={id}; path=/; samesite=lax; httponly";
        Assert.Equal(isIssued ? [nodes, ours] : [nodes], response.Headers.SetCookie.ToArray());
        Assert.Equal(isIssued, response.Headers.ContainsKey("Cache-Control"));
    }

    private static async Task<(HttpResponse Response, string Id)> AnswerAsync(
        HttpContext context,
        IssuedCookieOptions options,
        TrustedProxies? trusted = null,
        int status = 200,
        Action<IHeaderDictionary>? answer = null)
    {
        var starting = new StartingResponse { StatusCode = status };
        context.Features.Set<IHttpResponseFeature>(starting);
        var id = new IssuedUserCookie("sid", options, () => trusted ?? TrustedProxies.None).Issue(context);
        answer?.Invoke(context.Response.Headers);
        await starting.StartAsync();
        return (context.Response, id);
    }

    /// <summary>A response whose start a test triggers.</summary>
    private sealed class StartingResponse : HttpResponseFeature
    {
        private Func<Task> _starting = () => Task.CompletedTask;

        public Task StartAsync() => _starting();

        public override void OnStarting(Func<object, Task> callback, object state) => _starting = () => callback(state);
    }

    [GeneratedRegex("^sid=[A-Za-z0-9_-]{22}; path=/; samesite=lax; httponly$")]
    private static partial Regex SetCookie();
}
