using System.Net;
using System.Net.Sockets;
using System.Text;
using WsBalancer.Proxy.Admission;
using WsBalancer.Proxy.Fleet;
using WsBalancer.Proxy.Telemetry;
using WsBalancer.Proxy.Tests.Placement;
using WsBalancer.Proxy.Tests.Telemetry;

namespace WsBalancer.Proxy.Tests.Admission;

/// <summary>The limits as clients see them, over real sockets.</summary>
public sealed class HandshakeLimitTests
{
    private static readonly TimeSpan HalfASecond = TimeSpan.FromSeconds(0.5);

    [Fact]
    public async Task Herd_FillsEveryNodeExactly_AndTheRestIsRefused()
    {
        await using var nodes = await StartAsync(("MaxTunnelsPerNode", "10"));
        var responses = await Task.WhenAll(Enumerable.Range(0, 200).Select(
            i => nodes.App.HandshakeAsync($"/ws?user=user-{i}")));

        Assert.Equal(20, responses.Count(response => response.StatusCode == HttpStatusCode.SwitchingProtocols));
        await Deadline.Until("all are registered", () => nodes.App.Tunnels.Count == 20);
        Assert.Equal((10, 10), (nodes.Node("ws-1").Ledger.Active, nodes.Node("ws-2").Ledger.Active));
        Assert.True(nodes.Node("ws-1").IsFull && nodes.Node("ws-2").IsFull);
        var refused = responses.Where(response => response.StatusCode == HttpStatusCode.ServiceUnavailable).ToArray();
        Assert.Equal(180, refused.Length);
        Assert.Equal(180, await CountAsync(nodes, "wsbalancer_rejected_total{cluster=\"chat\",reason=\"full\"}"));

        // The values are spread, so that the clients do not all retry at the same time.
        var back = refused.CountBy(response => response.Headers.RetryAfter!.Delta!.Value.TotalSeconds).ToDictionary();
        Assert.Equal([1, 2, 3, 4, 5], back.Keys.Order());
        Array.ForEach(responses, response => response.Dispose());
        await NothingIsLeftAsync(nodes);
    }

    [Fact]
    public async Task FullHome_SendsItsUsersToTheNext_AndRequestsAreServedByFullNodesToo()
    {
        await using var nodes = await StartAsync(("MaxTunnelsPerNode", "1"));
        using (var first = await nodes.HandshakeAsync())
        using (var second = await nodes.HandshakeAsync())
        {
            await HandshakeTests.AssertEchoAsync(first);
            await HandshakeTests.AssertEchoAsync(second);
            Assert.Equal((1, 1), (nodes.First.Requests.Count, nodes.Second.Requests.Count));

            using var third = await nodes.HandshakeAsync();
            await HandshakeTests.AssertProblemAsync(third, 503, "All nodes are full");
            Assert.Equal("ws-1", await TwoNodes.SourceOf(await nodes.GetAsync()));
        }

        await NothingIsLeftAsync(nodes);
        using var again = await nodes.HandshakeAsync();
        await HandshakeTests.AssertEchoAsync(again);
        Assert.Equal("ws-1", Assert.Single(nodes.App.Tunnels.All).Identity.Node.Id);
    }

    [Fact]
    public async Task FullNode_IsNotTriedForWantOfHealth()
    {
        await using var nodes = await StartAsync(("MaxTunnelsPerNode", "1"));
        using var first = await nodes.HandshakeAsync();
        await HandshakeTests.AssertEchoAsync(first);
        nodes.Second.Refuse();
        nodes.App.Fleet.SetHealth(nodes.App.Chat, nodes.Node("ws-2"), NodeHealth.Unhealthy, "test");

        using var second = await nodes.HandshakeAsync();

        await HandshakeTests.AssertProblemAsync(second, 503, "All nodes are full");
        Assert.Single(nodes.First.Requests);
    }

    [Fact]
    public async Task Cluster_WithAsManyAsItMayHave_RefusesMore()
    {
        await using var nodes = await StartAsync(("MaxTunnels", "1"));
        using (var first = await nodes.HandshakeAsync())
        {
            await HandshakeTests.AssertEchoAsync(first);
            using var second = await nodes.HandshakeAsync();
            await HandshakeTests.AssertProblemAsync(second, 503, "Too many tunnels");
            Assert.Equal(
                1, await CountAsync(nodes, "wsbalancer_rejected_total{cluster=\"chat\",reason=\"max_tunnels\"}"));
        }

        await NothingIsLeftAsync(nodes);
        using var third = await nodes.HandshakeAsync();
        await HandshakeTests.AssertEchoAsync(third);
    }

    [Fact]
    public async Task User_WithAsManyAsItMayHave_Gets429_AndOthersDoNot()
    {
        await using var nodes = await StartAsync(("MaxTunnelsPerUser", "3"));
        var responses = await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => nodes.HandshakeAsync()));

        Assert.Equal(3, responses.Count(response => response.StatusCode == HttpStatusCode.SwitchingProtocols));
        var refused = responses.First(response => response.StatusCode != HttpStatusCode.SwitchingProtocols);
        await HandshakeTests.AssertProblemAsync(refused, 429, "Too many tunnels of this user");
        Assert.Equal(
            17, await CountAsync(nodes, "wsbalancer_rejected_total{cluster=\"chat\",reason=\"max_tunnels_per_user\"}"));
        using var other = await nodes.App.HandshakeAsync("/ws?user=somebody-else");
        await HandshakeTests.AssertEchoAsync(other);
        Array.ForEach(responses, response => response.Dispose());
    }

    [Fact]
    public async Task Rate_LetsSomeWaitForTheirNode_AndRefusesTheOthers()
    {
        await using var nodes = await StartAsync(("HandshakesPerSecondPerNode", "2"));
        using var first = await nodes.HandshakeAsync();
        using var second = await nodes.HandshakeAsync();
        var third = nodes.HandshakeAsync();
        await nodes.App.Time.Until(due => due == HalfASecond, 1);
        var fourth = nodes.HandshakeAsync();
        await Deadline.Until("the fourth waits", () => HeldBy(nodes).All == 2);
        using var fifth = await nodes.HandshakeAsync();
        await HandshakeTests.AssertProblemAsync(fifth, 503, "Too many handshakes at once");
        Assert.Equal(
            1, await CountAsync(nodes, "wsbalancer_rejected_total{cluster=\"chat\",reason=\"handshake_rate\"}"));
        Assert.Equal(2, nodes.First.Requests.Count);

        nodes.App.Time.Advance(HalfASecond);
        using var thirdAnswer = await third;
        await HandshakeTests.AssertEchoAsync(thirdAnswer);
        Assert.False(fourth.IsCompleted);
        nodes.App.Time.Advance(HalfASecond);
        using var fourthAnswer = await fourth;
        await HandshakeTests.AssertEchoAsync(fourthAnswer);

        Assert.Equal(4, nodes.First.Requests.Count);
        Assert.Empty(nodes.Second.Requests);
    }

    [Fact]
    public async Task TurnAfterTheHandshakesTimeout_IsRefused()
    {
        await using var nodes = await TwoNodes.StartAsync(settings: all => all
            .With(LimitedCluster.Key("HandshakesPerSecondPerNode"), "2")
            .With($"{ChatSettings.Ours}Handshake:ConnectTimeout", "400ms")
            .With($"{ChatSettings.Ours}Handshake:Timeout", "500ms"));
        using var first = await nodes.HandshakeAsync();
        using var second = await nodes.HandshakeAsync();
        var third = nodes.HandshakeAsync();

        // Two timers belong to the handshakes at their node, and the third one to the queued handshake.
        await nodes.App.Time.Until(due => due == HalfASecond, 3);

        nodes.App.Time.Advance(HalfASecond);

        using var answer = await third;
        await HandshakeTests.AssertProblemAsync(answer, 503, "Too many handshakes at once");
        Assert.Equal(2, nodes.First.Requests.Count);
    }

    [Fact]
    public async Task ClientThatDisconnectsWhileItWaits_ReturnsItsTurn()
    {
        await using var nodes = await StartAsync(("HandshakesPerSecondPerNode", "2"));
        using var first = await nodes.HandshakeAsync();
        using var second = await nodes.HandshakeAsync();
        using (var disconnected = await SendAsync(nodes))
        {
            await nodes.App.Time.Until(due => due == HalfASecond, 1);
        }

        await Deadline.Until("it has left", async () => await CountAsync(
            nodes, "wsbalancer_handshakes_total{cluster=\"chat\",node=\"ws-1\",outcome=\"abandoned\"}") == 1);

        var third = nodes.HandshakeAsync();
        await nodes.App.Time.Until(due => due == HalfASecond, 2);
        nodes.App.Time.Advance(HalfASecond);
        using var answer = await third;
        await HandshakeTests.AssertEchoAsync(answer);
    }

    [Fact]
    public async Task FailedAttempt_ReleasesItsPlace()
    {
        await using var nodes = await StartAsync(("MaxTunnelsPerNode", "1"));
        nodes.First.Refuse();
        using (var response = await nodes.HandshakeAsync())
        {
            await HandshakeTests.AssertEchoAsync(response);
            Assert.False(nodes.Node("ws-1").IsFull);
            Assert.True(nodes.Node("ws-2").IsFull);
        }

        await NothingIsLeftAsync(nodes);
    }

    [Theory]
    [InlineData(401)]
    [InlineData(503)]
    public async Task AnswerThatIsNoTunnel_ReleasesItsPlace(int status)
    {
        await using var nodes = await StartAsync(("MaxTunnelsPerNode", "1"), ("MaxTunnelsPerUser", "1"));
        nodes.First.OnRequest = request => request.ReplyAsync(status, "no");

        using var response = await nodes.HandshakeAsync();

        Assert.Equal(status, (int)response.StatusCode);
        await NothingIsLeftAsync(nodes);
    }

    [Fact]
    public async Task ClientThatDisconnectsBeforeTheAnswer_ReleasesItsPlace()
    {
        await using var nodes = await StartAsync(("MaxTunnelsPerNode", "1"), ("MaxTunnels", "1"));
        nodes.First.OnRequest = request => request.KeepSilentAsync();
        using (var disconnected = await SendAsync(nodes))
        {
            await Deadline.Until("the attempt", () => nodes.First.Requests.Count == 1);
            Assert.True(nodes.Node("ws-1").IsFull);
        }

        await NothingIsLeftAsync(nodes);
    }

    [Fact]
    public async Task OverItsBound_TheHomeSpillsToTheSecond_AndTheUserStaysThere()
    {
        await using var nodes = await StartAsync(("BoundedLoad", "1.25"));
        var others = Enumerable.Range(0, 100).Select(
            _ => new TestTunnel(nodes.App.Tunnels, nodes.Node("ws-1"), null, nodes.App.Time)).ToArray();
        using var spilled = await nodes.HandshakeAsync();
        await HandshakeTests.AssertEchoAsync(spilled);
        Assert.Single(nodes.Second.Requests);
        Assert.Equal(1, await CountAsync(nodes, "wsbalancer_spilled_total{cluster=\"chat\"}"));

        Array.ForEach(others, tunnel => tunnel.End());
        using var second = await nodes.HandshakeAsync();
        await HandshakeTests.AssertEchoAsync(second);
        Assert.Empty(nodes.First.Requests);
        Assert.Equal("ws-2", await TwoNodes.SourceOf(await nodes.GetAsync()));
        Assert.Equal(1, await CountAsync(nodes, "wsbalancer_spilled_total{cluster=\"chat\"}"));
        Array.ForEach(others, tunnel => tunnel.Dispose());
    }

    private static Task<TwoNodes> StartAsync(params (string Limit, string Value)[] limits) => TwoNodes.StartAsync(
        settings: all => limits.Aggregate(
            all, (some, limit) => some.With(LimitedCluster.Key(limit.Limit), limit.Value)));

    private static async Task<double> CountAsync(TwoNodes nodes, string series) =>
        (await Scrape.OfAsync(nodes.App.Get<BalancerRegistry>()))[series] ?? 0;

    private static (int All, int OfUsers, int AtNodes) HeldBy(TwoNodes nodes) =>
        nodes.App.Get<AdmissionControl>().GateOf(nodes.App.Chat).Held;

    private static Task NothingIsLeftAsync(TwoNodes nodes) => Deadline.Until(
        "nothing is left",
        () => nodes.App.Tunnels.Count == 0
            && HeldBy(nodes) == (0, 0, 0)
            && !nodes.Node("ws-1").IsFull
            && !nodes.Node("ws-2").IsFull);

    // A client that resets its connection on disposal: after FIN alone the balancer would still answer.
    private static async Task<Socket> SendAsync(TwoNodes nodes)
    {
        var url = new Uri(nodes.App.Url);
        var client = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp)
        {
            LingerState = new LingerOption(true, 0),
        };
        await client.ConnectAsync(url.Host, url.Port, TestContext.Current.CancellationToken);
        await client.SendAsync(
            Encoding.ASCII.GetBytes($"GET /ws?user={nodes.User} HTTP/1.1\r\nHost: chat\r\nConnection: Upgrade\r\n"
                + "Upgrade: websocket\r\nSec-WebSocket-Version: 13\r\n"
                + "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n"),
            TestContext.Current.CancellationToken);
        return client;
    }
}
