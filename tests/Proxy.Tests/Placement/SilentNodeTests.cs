using System.Net;
using System.Net.Sockets;
using System.Text;
using WsBalancer.Proxy.Admission;
using WsBalancer.Proxy.Fleet;
using WsBalancer.Proxy.Placement;
using WsBalancer.Proxy.Telemetry;
using WsBalancer.Proxy.Tests.Telemetry;

namespace WsBalancer.Proxy.Tests.Placement;

/// <summary>A node that accepts handshakes without responding, while its kernel accepts probes.</summary>
public sealed class SilentNodeTests
{
    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(10);

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task NodeThatAnswersNoHandshake_IsUnhealthy_ThoughProbesConnect()
    {
        await using var nodes = await StartSilentAsync(all => all
            .With(ChatSettings.Ours + "Health:Fall", "1000")
            .With(ChatSettings.Ours + "Health:TrialAfter", "1h"));
        await SilenceAsync(nodes, 2);
        Assert.Equal(NodeHealth.Healthy, nodes.Node("ws-1").Health);

        await SilenceAsync(nodes, 1);

        Assert.Equal(NodeHealth.Unhealthy, nodes.Node("ws-1").Health);
        var connections = nodes.First.Connections;
        await ProbeUntilAsync(nodes, "it is probed", () => nodes.First.Connections > connections + 3);
        Assert.Equal(NodeHealth.Unhealthy, nodes.Node("ws-1").Health);
        using var next = await nodes.HandshakeAsync();
        await HandshakeTests.AssertEchoAsync(next);
        Assert.Equal((3, 1), (nodes.First.Requests.Count, nodes.Second.Requests.Count));
        Assert.Contains(
            nodes.App.Logs.GetSnapshot(),
            line => line.Message == "Node 'ws-1' of cluster 'chat' is unhealthy: "
                + "3 handshakes in a row were not answered.");
        Assert.Equal(
            "ws-1 is unhealthy, as it does not answer handshakes; ws-2 is the first of the order that is available",
            UserNodes.Of(nodes.App.Chat, nodes.App.Tunnels, nodes.App.Get<AdmissionControl>(), nodes.User).Reason);
    }

    [Fact]
    public async Task SilentNode_IsTriedWithOneHandshakeAtATime_AndForAPartOfItsTime()
    {
        await using var nodes = await StartSilentAsync();
        await SilenceAsync(nodes, 3);
        nodes.App.Time.Advance(TimeSpan.FromSeconds(10));

        var trial = nodes.HandshakeAsync();
        await Deadline.Until("the trial", () => nodes.First.Requests.Count == 4);
        using (var concurrent = await nodes.HandshakeAsync())
        {
            await HandshakeTests.AssertEchoAsync(concurrent);
        }

        nodes.App.Time.Advance(TimeSpan.FromSeconds(2.49));
        Assert.False(trial.IsCompleted);
        nodes.App.Time.Advance(TimeSpan.FromSeconds(0.01));
        using var response = await trial;
        await HandshakeTests.AssertProblemAsync(response, 504, "The node did not answer in time");

        // The second node has answered during the trial, so that the pause before the next trial doubles.
        nodes.App.Time.Advance(TimeSpan.FromSeconds(19.9));
        using var next = await nodes.HandshakeAsync();
        await HandshakeTests.AssertEchoAsync(next);
        Assert.Equal((4, 2), (nodes.First.Requests.Count, nodes.Second.Requests.Count));
    }

    [Fact]
    public async Task SilentNode_IsHealthy_OnceItAnswersATrial()
    {
        await using var nodes = await StartSilentAsync();
        await SilenceAsync(nodes, 3);
        nodes.First.OnRequest = request => request.ReplyAsync(401, "no");
        nodes.App.Time.Advance(TimeSpan.FromSeconds(10));

        using var trial = await nodes.HandshakeAsync();

        Assert.Equal(401, (int)trial.StatusCode);
        await Deadline.Until("healthy", () => nodes.Node("ws-1").Health == NodeHealth.Healthy);
        using var next = await nodes.HandshakeAsync();
        Assert.Equal(401, (int)next.StatusCode);
    }

    [Fact]
    public async Task SilentNode_ThatWasUnreachable_IsHealthyAgainByItsProbes()
    {
        await using var nodes = await StartSilentAsync(all => all);
        await SilenceAsync(nodes, 3);
        nodes.First.Refuse();
        await ProbeUntilAsync(
            nodes, "it is away", () => nodes.Node("ws-1").Status.ProbedHealth == NodeHealth.Unhealthy);

        nodes.First.Listen();

        await ProbeUntilAsync(nodes, "it is healthy", () => nodes.Node("ws-1").Health == NodeHealth.Healthy);
    }

    [Fact]
    public async Task SlowNode_ThatAnswersSomeHandshakes_IsNotUnhealthy()
    {
        await using var nodes = await StartSilentAsync();
        for (var i = 0; i < 3; i++)
        {
            await SilenceAsync(nodes, 2);
            nodes.First.OnRequest = request => request.EchoAsync();
            using var answered = await nodes.HandshakeAsync();
            await HandshakeTests.AssertEchoAsync(answered);
            nodes.First.OnRequest = request => request.KeepSilentAsync();
        }

        Assert.Equal(NodeHealth.Healthy, nodes.Node("ws-1").Health);
        Assert.Empty(nodes.Second.Requests);
    }

    [Fact]
    public async Task AnswersToPlainRequests_DoNotCount()
    {
        await using var nodes = await StartSilentAsync();
        nodes.First.OnRequest = request =>
            request.IsHandshake ? request.KeepSilentAsync() : request.ReplyAsync(200, "ws-1");
        for (var i = 0; i < 3; i++)
        {
            Assert.Equal("ws-1", await TwoNodes.SourceOf(await nodes.GetAsync()));
            var sent = nodes.First.Requests.Count;
            var handshake = nodes.HandshakeAsync();
            await Deadline.Until("the handshake", () => nodes.First.Requests.Count > sent);
            nodes.App.Time.Advance(Timeout);
            using var response = await handshake;
        }

        Assert.Equal(NodeHealth.Unhealthy, nodes.Node("ws-1").Health);
        Assert.Equal("ws-2", await TwoNodes.SourceOf(await nodes.GetAsync()));
    }

    // Clients often have a timeout of their own that is shorter than the handshake's.
    [Theory]
    [InlineData(5, "Unhealthy")]
    [InlineData(4.4, "Healthy")]
    public async Task ClientsThatDisconnect_CountAfterHalfOfTheTime(double seconds, string health)
    {
        await using var nodes = await StartSilentAsync();
        for (var i = 1; i <= 3; i++)
        {
            using var client = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
            await client.ConnectAsync(IPEndPoint.Parse(new Uri(nodes.App.Url).Authority), Cancellation);
            await client.SendAsync(HandshakeOf(nodes.User), Cancellation);
            await Deadline.Until("the handshake", () => nodes.First.Requests.Count == i);
            nodes.App.Time.Advance(TimeSpan.FromSeconds(seconds));
            client.LingerState = new LingerOption(enable: true, seconds: 0);
            client.Close();
            await Deadline.Until("the client is gone", async () =>
                (await Scrape.OfAsync(nodes.App.Get<BalancerRegistry>())).SumOf(
                    "wsbalancer_handshakes_total{cluster=\"chat\",node=\"ws-1\",outcome=\"abandoned\"}") == i);
        }

        Assert.Equal(health, nodes.Node("ws-1").Health.ToString());
    }

    [Fact]
    public async Task LastNode_IsNotUnhealthy_SinceTheCauseMayBeOneThatAllShare()
    {
        await using var nodes = await StartSilentAsync();
        nodes.Second.OnRequest = request => request.KeepSilentAsync();
        await SilenceAsync(nodes, 3);
        Assert.Equal(NodeHealth.Unhealthy, nodes.Node("ws-1").Health);
        for (var i = 1; i <= 4; i++)
        {
            var handshake = nodes.HandshakeAsync();
            await Deadline.Until(
                "the handshake", () => nodes.Second.Requests.Count + nodes.First.Requests.Count == 3 + i);
            nodes.App.Time.Advance(Timeout);
            using var response = await handshake;
            await HandshakeTests.AssertProblemAsync(response, 504, "The node did not answer in time");
        }

        Assert.Equal(NodeHealth.Healthy, nodes.Node("ws-2").Health);
    }

    [Fact]
    public async Task FollowLive_DoesNotLeadToASilentNode()
    {
        await using var nodes = await StartSilentAsync(all => all.With(ChatSettings.Ours + "FollowLive", "true"));
        using var live = new TestTunnel(nodes.App.Tunnels, nodes.Node("ws-1"), nodes.User, nodes.App.Time);
        await SilenceAsync(nodes, 3);

        using var response = await nodes.HandshakeAsync();

        await HandshakeTests.AssertEchoAsync(response);
        Assert.Single(nodes.Second.Requests);
    }

    private static async Task<TwoNodes> StartSilentAsync(
        Func<Dictionary<string, string?>, Dictionary<string, string?>>? settings = null)
    {
        // The test advances the clock by seconds, so that probes may fail without a fault of the node.
        var nodes = await TwoNodes.StartAsync(settings: all =>
            settings?.Invoke(all) ?? all.With(ChatSettings.Ours + "Health:Fall", "1000"));
        nodes.First.OnRequest = request => request.KeepSilentAsync();
        return nodes;
    }

    private static async Task SilenceAsync(TwoNodes nodes, int handshakes)
    {
        for (; handshakes > 0; handshakes--)
        {
            var sent = nodes.First.Requests.Count;
            var handshake = nodes.HandshakeAsync();
            await Deadline.Until("the handshake", () => nodes.First.Requests.Count > sent);
            nodes.App.Time.Advance(Timeout);
            using var response = await handshake;
            await HandshakeTests.AssertProblemAsync(response, 504, "The node did not answer in time");
        }
    }

    private static Task ProbeUntilAsync(TwoNodes nodes, string fact, Func<bool> holds) => Deadline.Until(fact, () =>
    {
        nodes.App.Time.Advance(TimeSpan.FromSeconds(2.2));
        return holds();
    });

    private static byte[] HandshakeOf(string user) => Encoding.ASCII.GetBytes(
        $"GET /ws?user={user} HTTP/1.1\r\nHost: test\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"
        + "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n");
}
