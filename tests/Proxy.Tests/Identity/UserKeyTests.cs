using Microsoft.AspNetCore.Http;
using WsBalancer.Proxy.Identity;

namespace WsBalancer.Proxy.Tests.Identity;

public sealed class UserKeyTests
{
    [Theory]
    [InlineData("/?user=alice", "alice")]
    [InlineData("/?x=1&user=alice&user=bob", "alice")]
    [InlineData("/?USER=alice", "alice")]
    [InlineData("/?%75ser=alice", "alice")]
    [InlineData("/?user=a%2Bb+c%20d", "a+b c d")]
    [InlineData("/?user=%C3%A9", "é")]
    [InlineData("/?user=a=b", "a=b")]
    [InlineData("/?user=a%zz", "a%zz")]
    [InlineData("/?user=&user=bob", null)]
    [InlineData("/?user", null)]
    [InlineData("/?users=alice", null)]
    [InlineData("/user=alice", null)]
    public void Query_IsTheFirstValueFormDecoded(string target, string? expected) =>
        Assert.Equal(expected, Find("query:user", RequestContext.Of(target)));

    [Theory]
    [InlineData("/?user=a%2Bb+c%20d", "a%2Bb+c%20d")]
    [InlineData("/?%75ser=alice&user=bob", "bob")]
    [InlineData("/?x=1&user=alice&user=bob", "alice")]
    [InlineData("/?USER=alice", "alice")]
    [InlineData("/?user&users=carol&user=bob", "bob")]
    [InlineData("/?user=&user=bob", null)]
    [InlineData("/?user=a=b%zz", "a=b%zz")]
    [InlineData("/?user", null)]
    [InlineData("/", null)]
    public void Query_Raw_IsTheTextOnTheWire(string target, string? expected) =>
        Assert.Equal(expected, Find("query:user", RequestContext.Of(target), isRaw: true));

    [Theory]
    [InlineData("path:1", "/chat/alice", "chat")]
    [InlineData("path:2", "/chat/alice", "alice")]
    [InlineData("path:2", "/chat/alice?x=/y", "alice")]
    [InlineData("path:2", "/chat/alice/", "alice")]
    [InlineData("path:2", "/chat/a%2Fb+c%252F", "a/b+c%2F")]
    [InlineData("path:2", "/chat/%C3%A9", "é")]
    [InlineData("path:2", "http://host/chat/alice?user=x", "alice")]
    [InlineData("path:1", "http://host", null)]
    [InlineData("path:3", "/chat/alice", null)]
    [InlineData("path:2", "/chat//alice", null)]
    [InlineData("path:2", "/chat", null)]
    public void Path_IsTheSegmentDecodedOnce(string source, string target, string? expected) =>
        Assert.Equal(expected, Find(source, RequestContext.Of(target)));

    [Fact]
    public void Path_Raw_IsTheTextOnTheWire() =>
        Assert.Equal("a%2Fb", Find("path:2", RequestContext.Of("/chat/a%2Fb"), isRaw: true));

    [Theory]
    [InlineData("/x/../chat/alice")]
    [InlineData("/x/%2E%2e/chat/alice")]
    [InlineData("")]
    public void Path_WithDotSegmentsOrNotKnown_IsAsTheServerResolvedIt(string target)
    {
        var context = RequestContext.Of(target);
        context.Request.PathBase = "/chat";
        context.Request.Path = "/alice";

        Assert.Equal("alice", Find("path:2", context));
    }

    [Theory]
    [InlineData("\u00a0alice\u3000", true, "\u00a0alice\u3000")]
    [InlineData("\u00a0alice\u3000", false, "alice")]
    [InlineData(" \talice, a\t ", true, "alice, a")]
    [InlineData("%C3%A9", true, "%C3%A9")]
    public void Header_Raw_IsTrimmedOnlyOfWhatHttpAllows(string value, bool isRaw, string expected) =>
        Assert.Equal(expected, Find("header:X-User", RequestContext.Of(headers: ("X-User", value)), isRaw));

    [Fact]
    public void Header_IsTheFirstValueTrimmed()
    {
        var context = RequestContext.Of(headers: [("X-User", "  alice, a "), ("X-User", "bob")]);

        Assert.Equal("alice, a", Find("header:x-user", context));
        Assert.Null(Find("header:X-Users", context));
    }

    [Theory]
    [InlineData("sid=abc", "abc")]
    [InlineData("a=b; sid=abc", "abc")]
    [InlineData("a=b;sid=abc ;c=d", "abc")]
    [InlineData("sid=\"a%20b\"", "\"a%20b\"")]
    [InlineData("sid=first; sid=second", "first")]
    [InlineData("sid=a=b", "a=b")]
    [InlineData("sid=", null)]
    [InlineData("sid", null)]
    [InlineData("SID=abc", null)]
    [InlineData("xsid=abc; sidx=abc", null)]
    public void Cookie_IsTheValueAsSent(string header, string? expected) =>
        Assert.Equal(expected, Find("cookie:sid", RequestContext.Of(headers: ("Cookie", header))));

    [Fact]
    public void Cookie_OnASecondLine_IsFound() => Assert.Equal(
        "abc", Find("cookie:sid", RequestContext.Of(headers: [("Cookie", "a=b"), ("Cookie", "sid=abc")])));

    [Fact]
    public void ClientIp_BehindATrustedProxy_IsTheOneItSaw()
    {
        var context = RequestContext.Of(peer: "::ffff:10.0.0.1", headers: ("X-Forwarded-For", "198.51.100.7"));

        Assert.Equal("10.0.0.1", Find("client-ip", context));
        Assert.Equal("198.51.100.7", Find("client-ip", context, trusted: RequestContext.Trusting("10.0.0.0/8")));
    }

    [Theory]
    [InlineData("/?user=alice", "alice")]
    [InlineData("/?user=", "bob")]
    [InlineData("/", "bob")]
    public void Find_OfSeveralSources_TakesTheFirstThatAnswers(string target, string expected)
    {
        var options = new IdentityOptions { UserKey = ["query:user", "header:X-User"] };
        var key = options.CreateUserKey(() => TrustedProxies.None, isRaw: false);

        Assert.Equal(expected, key.Find(RequestContext.Of(target, headers: ("X-User", "bob"))).Value);
    }

    [Theory]
    [InlineData("x", 1024, false)]
    [InlineData("x", 1025, true)]
    [InlineData("é", 512, false)]
    [InlineData("é", 513, true)]
    [InlineData("€", 341, false)]
    [InlineData("€", 342, true)]
    public void Find_OfMoreThanTheLargestId_IsTooLong(string character, int count, bool isTooLong)
    {
        var value = string.Concat(Enumerable.Repeat(character, count));
        var options = new IdentityOptions { UserKey = ["header:X-User"] };

        var user = options.CreateUserKey(() => TrustedProxies.None, isRaw: false)
            .Find(RequestContext.Of(headers: ("X-User", value)));

        Assert.Equal(new UserId(isTooLong ? null : value, isTooLong), user);
    }

    [Theory]
    [InlineData("query:user")]
    [InlineData("path:2")]
    [InlineData("cookie:sid")]
    public void Find_OfAnUndecodedId_AllocatesTheIdOnly(string source)
    {
        var context = RequestContext.Of("/chat/alice123?x=1&user=alice123", headers: ("Cookie", "x=1; sid=alice123"));
        var key = new IdentityOptions { UserKey = [source] }.CreateUserKey(() => TrustedProxies.None, isRaw: false);
        Assert.Equal("alice123", key.Find(context).Value);

        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < 100; i++)
        {
            key.Find(context);
        }

        var idBytes = 22 + (2 * "alice123".Length) + 2;
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 1, 100 * idBytes);
    }

    private static string? Find(
        string source, HttpContext context, bool isRaw = false, TrustedProxies? trusted = null) =>
        new IdentityOptions { UserKey = [source] }
            .CreateUserKey(() => trusted ?? TrustedProxies.None, isRaw)
            .Find(context).Value;
}
