using System.Net;
using System.Text;
using WsBalancer.Proxy.Fleet;
using WsBalancer.Proxy.Telemetry;
using WsBalancer.Proxy.Tests.Sockets.Transport;
using WsBalancer.Proxy.Tests.Telemetry;

namespace WsBalancer.Proxy.Tests.Placement;

public sealed class PlainRequestTests
{
    [Fact]
    public async Task Request_IsPlacedLikeTheUsersTunnels()
    {
        await using var nodes = await TwoNodes.StartAsync();

        Assert.Equal("ws-1", await TwoNodes.SourceOf(await nodes.GetAsync()));
        var other = nodes.App.UserOf("ws-2");
        Assert.Equal(
            "ws-2", await TwoNodes.SourceOf(await nodes.App.SendAsync(HttpMethod.Get, $"/page?user={other}")));

        // The request is counted shortly after the client has received the response.
        await Deadline.Until("it is counted", async () => (await Scrape.OfAsync(nodes.App.Get<BalancerRegistry>()))
            .SumOf("wsbalancer_requests_total{cluster=\"chat\",node=\"ws-1\",code=\"200\"}") == 1);
        var scrape = await Scrape.OfAsync(nodes.App.Get<BalancerRegistry>());
        Assert.Equal(0, scrape.SumOf("wsbalancer_tunnels_opened_total"));
    }

    [Fact]
    public async Task PostWithABody_WhoseNodeRefuses_IsRetriedWithTheWholeBody()
    {
        await using var nodes = await TwoNodes.StartAsync(firstRefuses: true);
        nodes.Second.OnRequest = async request => await request.ReplyAsync(200, await request.ReadBodyAsync(5));

        Assert.Equal("hello", await TwoNodes.SourceOf(await nodes.PostAsync(new StringContent("hello"))));
    }

    [Fact]
    public async Task PostWhoseBodyWasRead_IsNotRetried()
    {
        await using var nodes = await TwoNodes.StartAsync();
        nodes.First.OnRequest = async request =>
        {
            await request.ReadBodyAsync(5);
            await request.ResetAsync();
        };

        Assert.Equal("502", await TwoNodes.SourceOf(await nodes.PostAsync(new StringContent("hello"))));
        Assert.Empty(nodes.Second.Requests);
    }

    [Fact]
    public async Task GetThatIsReset_IsRetried()
    {
        await using var nodes = await TwoNodes.StartAsync();
        nodes.First.OnRequest = request => request.ResetAsync();

        Assert.Equal("ws-2", await TwoNodes.SourceOf(await nodes.GetAsync()));
    }

    [Fact]
    public async Task PostWithoutABodyThatIsReset_IsNotRetried()
    {
        await using var nodes = await TwoNodes.StartAsync();
        nodes.First.OnRequest = request => request.ResetAsync();

        Assert.Equal("502", await TwoNodes.SourceOf(await nodes.PostAsync(new ByteArrayContent([]))));
        Assert.Single(nodes.First.Requests);
        Assert.Empty(nodes.Second.Requests);
    }

    [Fact]
    public async Task AnnouncementOfADrain_IsRetriedAtTheNext_UnlessTheBodyWasRead()
    {
        await using var nodes = await TwoNodes.StartAsync();
        nodes.First.OnRequest = async request =>
        {
            await request.ReadBodyAsync(5);
            await request.AnnounceDrainAsync();
        };
        Assert.Equal("503", await TwoNodes.SourceOf(await nodes.PostAsync(new StringContent("hello"))));
        Assert.Empty(nodes.Second.Requests);

        nodes.First.OnRequest = request => request.AnnounceDrainAsync();
        Assert.Equal("ws-2", await TwoNodes.SourceOf(await nodes.GetAsync()));
        Assert.True(nodes.Node("ws-1").Status.AnnouncesDrain);
    }

    // The announcement of a drain is not an attempt, as with handshakes: the response only reports the node's state.
    [Fact]
    public async Task AnnouncementOfADrain_IsNotATry()
    {
        await using var nodes = await TwoNodes.StartAsync(
            settings: all => all.With(ChatSettings.Ours + "Handshake:Attempts", "1"));
        nodes.First.OnRequest = request => request.AnnounceDrainAsync();

        Assert.Equal("ws-2", await TwoNodes.SourceOf(await nodes.GetAsync()));
    }

    [Fact]
    public async Task AnswerOfTheNode_IsPassedOn()
    {
        await using var nodes = await TwoNodes.StartAsync();
        nodes.First.OnRequest = request => request.ReplyAsync(503, "full", "X-Why: full");

        using var response = await nodes.GetAsync();

        Assert.Equal(HttpStatusCode.ServiceUnavailable, response.StatusCode);
        Assert.Equal("full", await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
        Assert.Empty(nodes.Second.Requests);
    }

    [Fact]
    public async Task NoReachableNode_IsAProblem()
    {
        await using var nodes = await TwoNodes.StartAsync(firstRefuses: true);
        nodes.Second.Refuse();

        using var response = await nodes.GetAsync();

        await HandshakeTests.AssertProblemAsync(response, 503, "No node could be reached");
    }

    [Fact]
    public async Task RequestWithoutAnId_IsSpread()
    {
        await using var nodes = await TwoNodes.StartAsync();
        var sources = new HashSet<string>();

        // The chance that all 40 requests reach the same one of two nodes is 1 in 2^39.
        for (var i = 0; i < 40; i++)
        {
            sources.Add(await TwoNodes.SourceOf(await nodes.App.SendAsync(HttpMethod.Get, "/page")));
        }

        Assert.Equal(["ws-1", "ws-2"], sources.Order());
    }

    [Fact]
    public async Task UploadThatRunsOnWhileItsNodeFails_IsNotSentTwice()
    {
        await using var nodes = await TwoNodes.StartAsync();
        nodes.First.OnRequest = async request =>
        {
            await request.ReadBodyAsync(1_000);
            await request.ResetAsync();
        };
        var body = new ByteArrayContent(Encoding.ASCII.GetBytes(new string('x', 2_000_000)));

        var source = await TwoNodes.SourceOf(await nodes.PostAsync(body));

        Assert.StartsWith("50", source, StringComparison.Ordinal);
        Assert.Empty(nodes.Second.Requests);
        Assert.Equal(NodeHealth.Healthy, nodes.Node("ws-1").Health);
    }

    [Theory]
    [InlineData(null, "node_failed")]
    [InlineData("not HTTP\r\n\r\n", "node_answer")]
    public async Task NodeThatFailsWhileTheClientsBodyIsAwaited_IsNotReportedAsTheClientsFault(
        string? answer, string reason)
    {
        await using var nodes = await TwoNodes.StartAsync();
        nodes.First.OnRequest = async request =>
        {
            await request.ReadBodyAsync(5);
            if (answer is not null)
            {
                await request.SendAsync(answer);
            }

            await request.ResetAsync();
        };
        var address = new Uri(nodes.App.Url);
        using var client = await WireClient.ConnectAsync(IPEndPoint.Parse($"{address.Host}:{address.Port}"));

        await client.SendAsync(
            $"POST /form?user={nodes.User} HTTP/1.1\r\nHost: chat\r\nContent-Length: 10\r\n\r\nhello");

        Assert.StartsWith("HTTP/1.1 502 ", await client.ReadToAsync("\r\n\r\n"), StringComparison.Ordinal);
        await client.ReadToAsync($"\"reason\":\"{reason}\"}}");
    }
}
