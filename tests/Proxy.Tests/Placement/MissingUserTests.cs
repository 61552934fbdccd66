using System.Net;
using WsBalancer.Proxy.Admission;
using WsBalancer.Proxy.Placement;

namespace WsBalancer.Proxy.Tests.Placement;

public sealed class MissingUserTests
{
    [Fact]
    public async Task Reject_IsTheDefault()
    {
        await using var nodes = await TwoNodes.StartAsync();

        using var response = await nodes.App.HandshakeAsync("/ws");

        await HandshakeTests.AssertProblemAsync(response, 400, "No user id");
        Assert.Empty(nodes.First.Requests.Concat(nodes.Second.Requests));
    }

    [Fact]
    public async Task Spread_OpensATunnelWithoutAUser()
    {
        await using var nodes = await TwoNodes.StartAsync(
            settings: all => all.With(ChatSettings.Ours + "OnMissingUserKey", "Spread"));

        using var response = await nodes.App.HandshakeAsync("/ws");

        await HandshakeTests.AssertEchoAsync(response);
        Assert.Null((await nodes.App.TheTunnelAsync()).Identity.User);
    }

    [Fact]
    public async Task Cookie_GivesAnIdThatIsPlacedAtTheSameNode()
    {
        await using var nodes = await TwoNodes.StartAsync(settings: all => all
            .With(ChatSettings.Ours + "UserKey", "cookie:sid")
            .With(ChatSettings.Ours + "OnMissingUserKey", "Cookie"));

        using var response = await nodes.App.HandshakeAsync("/ws");

        await HandshakeTests.AssertEchoAsync(response);
        var user = (await nodes.App.TheTunnelAsync()).Identity.User;
        var cookie = Assert.Single(response.Headers.GetValues("Set-Cookie"));
        Assert.StartsWith($"sid={user};", cookie, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Cookie_OnAPlainRequest_NamesTheUserThatItIsPlacedBy()
    {
        await using var nodes = await TwoNodes.StartAsync(settings: all => all
            .With(ChatSettings.Ours + "UserKey", "cookie:sid")
            .With(ChatSettings.Ours + "OnMissingUserKey", "Cookie"));
        var sources = new HashSet<string>();

        for (var i = 0; i < 20; i++)
        {
            using var response = await nodes.App.SendAsync(HttpMethod.Post, "/negotiate");

            var id = Assert.Single(response.Headers.GetValues("Set-Cookie"))["sid=".Length..].Split(';')[0];
            var placement = UserNodes.Of(nodes.App.Chat, nodes.App.Tunnels, nodes.App.Get<AdmissionControl>(), id);
            Assert.Equal(placement.Order[0].Id, await TwoNodes.SourceOf(response));
            sources.Add(placement.Order[0].Id);
        }

        Assert.Equal(2, sources.Count);
    }

    [Theory]
    [InlineData("Reject")]
    [InlineData("Spread")]
    public async Task PlainRequest_UnlessCookiesAreIssued_GetsNone(string onMissing)
    {
        await using var nodes = await TwoNodes.StartAsync(settings: all => all
            .With(ChatSettings.Ours + "UserKey", "cookie:sid")
            .With(ChatSettings.Ours + "OnMissingUserKey", onMissing));

        using var response = await nodes.App.SendAsync(HttpMethod.Get, "/page");

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.False(response.Headers.Contains("Set-Cookie"));
    }

    [Fact]
    public async Task Cookie_IsIssuedByWhicheverAttemptSucceeds()
    {
        await using var nodes = await TwoNodes.StartAsync(settings: all => all
            .With(ChatSettings.Ours + "UserKey", "cookie:sid")
            .With(ChatSettings.Ours + "OnMissingUserKey", "Cookie"));
        var resets = 0;
        nodes.First.OnRequest = nodes.Second.OnRequest =
            request => Interlocked.Increment(ref resets) == 1 ? request.ResetAsync() : request.EchoAsync();

        using var response = await nodes.App.HandshakeAsync("/ws");

        Assert.Equal(HttpStatusCode.SwitchingProtocols, response.StatusCode);
        Assert.Equal(2, resets);
        Assert.Single(response.Headers.GetValues("Set-Cookie"));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task UserIdThatIsTooLong_IsRefused(bool handshake)
    {
        await using var nodes = await TwoNodes.StartAsync();
        var target = $"/ws?user={new string('a', 1025)}";

        using var response = handshake
            ? await nodes.App.HandshakeAsync(target)
            : await nodes.App.SendAsync(HttpMethod.Get, target);

        await HandshakeTests.AssertProblemAsync(response, 400, "User id too long");
    }
}
