using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using WsBalancer.Proxy.Fleet;
using WsBalancer.Proxy.Telemetry;
using WsBalancer.Proxy.Tests.Telemetry;
using WsBalancer.Proxy.Tests.Tunnels;

namespace WsBalancer.Proxy.Tests.Placement;

public sealed class HandshakeTests
{
    [Fact]
    public async Task Tunnel_LeadsToTheOwner_AndIsCountedFromItsBeginningToItsEnd()
    {
        await using var nodes = await TwoNodes.StartAsync();
        using (var response = await nodes.HandshakeAsync())
        {
            await AssertEchoAsync(response);
            var tunnel = Assert.Single(nodes.App.Tunnels.Of("chat", nodes.User));
            Assert.Equal(("ws-1", nodes.User), (tunnel.Identity.Node.Id, tunnel.Identity.User));
            Assert.Equal(1, nodes.Node("ws-1").Ledger.Active);
        }

        await Deadline.Until("the end", () => nodes.App.Tunnels.Count == 0);
        var scrape = await Scrape.OfAsync(nodes.App.Get<BalancerRegistry>());
        Assert.Equal(1, scrape["wsbalancer_tunnels_opened_total{cluster=\"chat\",node=\"ws-1\"}"]);
        Assert.Equal(1, scrape.SumOf("wsbalancer_tunnels_closed_total{cluster=\"chat\",node=\"ws-1\""));
        Assert.Equal(
            1, scrape["wsbalancer_handshakes_total{cluster=\"chat\",node=\"ws-1\",outcome=\"accepted\"}"]);
        Assert.Equal(1, scrape["wsbalancer_handshake_duration_seconds_count{cluster=\"chat\"}"]);
        Assert.Equal(0, scrape.SumOf("wsbalancer_retries_total"));
    }

    [Fact]
    public async Task Refused_IsRetriedAtTheNext_AndThreeMakeTheNodeUnhealthy()
    {
        await using var nodes = await TwoNodes.StartAsync(firstRefuses: true);
        for (var i = 0; i < 3; i++)
        {
            Assert.NotEqual(NodeHealth.Unhealthy, nodes.Node("ws-1").Health);
            using var response = await nodes.HandshakeAsync();
            await AssertEchoAsync(response);
        }

        Assert.Equal(NodeHealth.Unhealthy, nodes.Node("ws-1").Health);
        using var direct = await nodes.HandshakeAsync();
        await AssertEchoAsync(direct);
        var scrape = await Scrape.OfAsync(nodes.App.Get<BalancerRegistry>());
        Assert.Equal(3, scrape["wsbalancer_retries_total{cluster=\"chat\"}"]);
        Assert.Equal(
            3, scrape["wsbalancer_handshakes_total{cluster=\"chat\",node=\"ws-1\",outcome=\"not_connected\"}"]);
        Assert.Equal(4, scrape["wsbalancer_tunnels_opened_total{cluster=\"chat\",node=\"ws-2\"}"]);
    }

    [Fact]
    public async Task Reset_IsRetriedAtTheNext_AndDoesNotCountAgainstTheNode()
    {
        await using var nodes = await TwoNodes.StartAsync(
            settings: all => all.With(ChatSettings.Ours + "Health:ConnectFailures", "1"));
        nodes.First.OnRequest = request => request.ResetAsync();

        using var response = await nodes.HandshakeAsync();

        await AssertEchoAsync(response);
        Assert.Single(nodes.First.Requests);
        Assert.Single(nodes.Second.Requests);
        Assert.Equal(NodeHealth.Healthy, nodes.Node("ws-1").Health);
    }

    [Fact]
    public async Task Silence_IsWaitedForWithOneNodeOnly()
    {
        await using var nodes = await TwoNodes.StartAsync();
        nodes.First.OnRequest = request => request.KeepSilentAsync();
        var handshake = nodes.HandshakeAsync();
        await Deadline.Until("the attempt", () => nodes.First.Requests.Count == 1);
        nodes.App.Time.Advance(TimeSpan.FromSeconds(9.99));
        Assert.False(handshake.IsCompleted);

        nodes.App.Time.Advance(TimeSpan.FromSeconds(0.01));

        using var response = await handshake;
        await AssertProblemAsync(response, 504, "The node did not answer in time");
        Assert.Empty(nodes.Second.Requests);
    }

    [Fact]
    public async Task Silence_ForHalfTheTime_IsRetriedAtTheNextNode_IfConfigured()
    {
        await using var nodes = await TwoNodes.StartAsync(settings: RetryingUnanswered);
        nodes.First.OnRequest = request => request.KeepSilentAsync();
        var handshake = nodes.HandshakeAsync();
        await Deadline.Until("the first attempt", () => nodes.First.Requests.Count == 1);
        nodes.App.Time.Advance(TimeSpan.FromSeconds(4.99));
        Assert.Empty(nodes.Second.Requests);

        nodes.App.Time.Advance(TimeSpan.FromSeconds(0.01));

        using var response = await handshake;
        await AssertEchoAsync(response);
        Assert.Single(nodes.Second.Requests);
    }

    [Fact]
    public async Task StatusToRetry_IsRetriedAtTheNextNode_AndTheLastAnswerIsPassedOn()
    {
        await using var nodes = await TwoNodes.StartAsync(settings: all => all
            .With(ChatSettings.Ours + "Handshake:RetryOn:0", "502")
            .With(ChatSettings.Ours + "Handshake:RetryOn:1", "503"));
        nodes.First.OnRequest = request => request.ReplyAsync(502, "first");
        nodes.Second.OnRequest = request => request.ReplyAsync(503, "second");

        using var response = await nodes.HandshakeAsync();

        Assert.Equal(HttpStatusCode.ServiceUnavailable, response.StatusCode);
        Assert.Equal("second", await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
        Assert.Single(nodes.First.Requests);
    }

    [Fact]
    public async Task Silence_OfAll_IsUnreachable_IfTheyAreRetried()
    {
        await using var nodes = await TwoNodes.StartAsync(settings: RetryingUnanswered);
        nodes.First.OnRequest = nodes.Second.OnRequest = request => request.KeepSilentAsync();
        var handshake = nodes.HandshakeAsync();
        await Deadline.Until("the first attempt", () => nodes.First.Requests.Count == 1);
        nodes.App.Time.Advance(TimeSpan.FromSeconds(5));
        await Deadline.Until("the second attempt", () => nodes.Second.Requests.Count == 1);
        nodes.App.Time.Advance(TimeSpan.FromSeconds(5));

        using var response = await handshake;
        await AssertProblemAsync(response, 503, "No node could be reached");
    }

    [Fact]
    public async Task Attempts_AreBounded()
    {
        await using var nodes = await TwoNodes.StartAsync(
            firstRefuses: true, all => all.With(ChatSettings.Ours + "Handshake:Attempts", "1"));

        using var response = await nodes.HandshakeAsync();

        await AssertProblemAsync(response, 503, "No node could be reached");
        Assert.Empty(nodes.Second.Requests);
        var scrape = await Scrape.OfAsync(nodes.App.Get<BalancerRegistry>());
        Assert.Equal(1, scrape["wsbalancer_rejected_total{cluster=\"chat\",reason=\"unreachable\"}"]);
    }

    [Fact]
    public async Task AnnouncementOfADrain_MarksTheNode_AndIsNotATry()
    {
        await using var nodes = await TwoNodes.StartAsync(
            settings: all => all.With(ChatSettings.Ours + "Handshake:Attempts", "1"));
        nodes.First.OnRequest = request => request.AnnounceDrainAsync();

        using (var response = await nodes.HandshakeAsync())
        {
            await AssertEchoAsync(response);
        }

        Assert.True(nodes.Node("ws-1").Status.AnnouncesDrain);
        nodes.Second.OnRequest = request => request.AnnounceDrainAsync();
        using var anonymous = await nodes.HandshakeAsync();
        await AssertProblemAsync(anonymous, 503, "All nodes are draining");
        Assert.Single(nodes.First.Requests);
    }

    [Theory]
    [InlineData(503)]
    [InlineData(401)]
    [InlineData(429)]
    public async Task AnyOtherAnswer_IsPassedOnWhole(int status)
    {
        await using var nodes = await TwoNodes.StartAsync();
        nodes.First.OnRequest = request => request.ReplyAsync(status, "not now", "Retry-After: 7", "X-Why: full");

        using var response = await nodes.HandshakeAsync();

        Assert.Equal(status, (int)response.StatusCode);
        Assert.Equal("full", Assert.Single(response.Headers.GetValues("X-Why")));
        Assert.Equal(TimeSpan.FromSeconds(7), response.Headers.RetryAfter?.Delta);
        Assert.Equal("not now", await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
        Assert.Empty(nodes.Second.Requests);
        Assert.False(nodes.Node("ws-1").Status.AnnouncesDrain);

        // The handshake is counted shortly after the client has received the response.
        await Deadline.Until("it is counted", async () => (await Scrape.OfAsync(nodes.App.Get<BalancerRegistry>()))
            .SumOf("wsbalancer_handshakes_total{cluster=\"chat\",node=\"ws-1\",outcome=\"refused\"}") == 1);
    }

    [Fact]
    public async Task ConnectThatIsNotAnswered_IsRetriedAtTheNextAfterItsTimeout()
    {
        using var busy = new UnansweringPort();
        await using var second = new TestNode("ws-2");
        await using var app = BalancerApp.Build(
            ChatSettings.Of(("ws-1", busy.Address), ("ws-2", second.Address))
                .With(ChatSettings.Ours + "Handshake:ConnectTimeout", "700ms"));
        await app.StartAsync();
        var handshake = app.HandshakeAsync($"/ws?user={app.UserOf("ws-1", "ws-2")}");
        await app.Time.Until(due => due == TimeSpan.FromMilliseconds(700), 1);

        app.Time.Advance(TimeSpan.FromMilliseconds(700));

        using var response = await handshake;
        await AssertEchoAsync(response);
        Assert.Single(second.Requests);
    }

    [Fact]
    public async Task FollowLive_LeadsToTheNewestTunnel()
    {
        await using var nodes = await TwoNodes.StartAsync(
            settings: all => all.With(ChatSettings.Ours + "FollowLive", "true"));
        using var live = new TestTunnel(nodes.App.Tunnels, nodes.Node("ws-2"), nodes.User, nodes.App.Time);

        using var response = await nodes.HandshakeAsync();

        await AssertEchoAsync(response);
        Assert.Single(nodes.Second.Requests);

        // Requests before the tunnel, such as a negotiation, must reach the same node.
        Assert.Equal("ws-2", await TwoNodes.SourceOf(await nodes.GetAsync()));
    }

    [Fact]
    public async Task ClusterWithoutNodes_IsAProblem()
    {
        await using var app = await BalancerApp.StartAsync(ChatSettings.Of());

        using var response = await app.HandshakeAsync("/ws?user=alice");

        await AssertProblemAsync(response, 503, "No node");
    }

    [Fact]
    public async Task Stopping_RefusesNewTunnels()
    {
        await using var nodes = await TwoNodes.StartAsync();
        nodes.App.Get<WsBalancer.Proxy.Health.Readiness>().Refuse();

        using var response = await nodes.HandshakeAsync();

        await AssertProblemAsync(response, 503, "This balancer is stopping");
    }

    private static Dictionary<string, string?> RetryingUnanswered(Dictionary<string, string?> all) =>
        all.With(ChatSettings.Ours + "Handshake:RetryUnanswered", "true");

    internal static async Task AssertEchoAsync(HttpResponseMessage response)
    {
        Assert.Equal(HttpStatusCode.SwitchingProtocols, response.StatusCode);
        var cancellation = TestContext.Current.CancellationToken;
        var tunnel = await response.Content.ReadAsStreamAsync(cancellation);
        var frame = TestFrame.Binary(5);
        await tunnel.WriteAsync(frame, cancellation);
        var echo = new byte[frame.Length];
        await tunnel.ReadExactlyAsync(echo, cancellation);
        Assert.Equal(frame, echo);
    }

    internal static async Task AssertProblemAsync(HttpResponseMessage response, int status, string title)
    {
        Assert.Equal(status, (int)response.StatusCode);
        Assert.Equal("application/problem+json", response.Content.Headers.ContentType?.MediaType);
        Assert.Equal(status is 503 or 429, response.Headers.RetryAfter?.Delta is { TotalSeconds: >= 1 and <= 5 });
        var problem = await response.Content.ReadFromJsonAsync<JsonElement>(TestContext.Current.CancellationToken);
        Assert.Equal(
            (status, title), (problem.GetProperty("status").GetInt32(), problem.GetProperty("title").GetString()));
    }
}
