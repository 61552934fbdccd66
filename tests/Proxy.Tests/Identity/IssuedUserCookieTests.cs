using System.Text.RegularExpressions;
using WsBalancer.Proxy.Identity;

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
    public async Task Issue_OnAnUpgrade_GoesOutWithThe101()
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

        var ids = Enumerable.Range(0, 1_000).Select(_ => IssuedUserCookie.Issue(context, "sid")).ToList();

        Assert.Distinct(ids);
        Assert.All(ids, id => Assert.Equal(22, id.Length));
    }

    [GeneratedRegex("^sid=[A-Za-z0-9_-]{22}; path=/; samesite=lax; httponly$")]
    private static partial Regex SetCookie();
}
