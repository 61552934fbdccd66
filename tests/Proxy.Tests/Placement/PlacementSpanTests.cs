using System.Diagnostics;
using System.Net;
using WsBalancer.Proxy.Tests.Sockets.Transport;

namespace WsBalancer.Proxy.Tests.Placement;

/// <summary>The spans of handshakes and requests.</summary>
public sealed class PlacementSpanTests : IDisposable
{
    private readonly SpanLog _spans = new("WsBalancer");

    [Fact]
    public async Task Handshake_WithAFailedAttempt_HasItsEvent_AndTheNodeThatAccepted()
    {
        await using var nodes = await TwoNodes.StartAsync(firstRefuses: true);

        using var response = await nodes.App.HandshakeAsync($"/ws?user={nodes.User}", _spans.Header);

        Assert.Equal(HttpStatusCode.SwitchingProtocols, response.StatusCode);
        var span = await _spans.TheSpanAsync();
        Assert.Equal(("wsbalancer.handshake", ActivityKind.Client), (span.DisplayName, span.Kind));
        Assert.Equal(
            [
                "http.request.method=GET", "http.request.resend_count=1", "http.response.status_code=101",
                "server.address=127.0.0.1", $"server.port={new Uri(nodes.Second.Address).Port}",
                "wsbalancer.attempts=2", "wsbalancer.cluster=chat", "wsbalancer.node=ws-2",
                "wsbalancer.outcome=accepted",
            ],
            TagsOf(span.TagObjects));
        var failed = Assert.Single(span.Events);
        Assert.Equal("wsbalancer.attempt_failed", failed.Name);
        Assert.Equal(["error.type=not_connected", "wsbalancer.node=ws-1"], TagsOf(failed.Tags));
        Assert.Equal(ActivityStatusCode.Unset, span.Status);
    }

    [Fact]
    public async Task Handshake_ThatOpenedATunnel_HasEnded_WhileTheTunnelIsOpen()
    {
        await using var nodes = await TwoNodes.StartAsync();

        using var response = await nodes.App.HandshakeAsync($"/ws?user={nodes.User}", _spans.Header);
        await _spans.TheSpanAsync();

        await nodes.App.TheTunnelAsync();
    }

    [Fact]
    public async Task Handshake_ThatTheNodeRefuses_IsNoError()
    {
        await using var nodes = await TwoNodes.StartAsync();
        nodes.First.OnRequest = request => request.ReplyAsync(403, "no");

        using var response = await nodes.App.HandshakeAsync($"/ws?user={nodes.User}", _spans.Header);

        var span = await _spans.TheSpanAsync();
        Assert.Equal(("refused", 403), (Outcome(span), span.GetTagItem("http.response.status_code")));
        Assert.Equal(ActivityStatusCode.Unset, span.Status);
    }

    [Fact]
    public async Task Handshake_ThatTheBalancerRejects_IsAnErrorWithItsReason()
    {
        await using var nodes = await TwoNodes.StartAsync(firstRefuses: true);
        nodes.Second.Refuse();

        using var response = await nodes.App.HandshakeAsync($"/ws?user={nodes.User}", _spans.Header);

        var span = await _spans.TheSpanAsync();
        Assert.Equal(("rejected", "unreachable"), (Outcome(span), span.GetTagItem("error.type")));
        Assert.Equal((ActivityStatusCode.Error, 2), (span.Status, span.Events.Count()));
    }

    [Fact]
    public async Task Request_ThatIsAnswered_HasTheStatus()
    {
        await using var nodes = await TwoNodes.StartAsync();

        using var response = await SendAsync(nodes);

        var span = await _spans.TheSpanAsync();
        Assert.Equal(("wsbalancer.request", "answered"), (span.DisplayName, Outcome(span)));
        Assert.Equal(200, span.GetTagItem("http.response.status_code"));
        Assert.Contains($"00-{_spans.Trace}-{span.SpanId}-01", Assert.Single(nodes.First.Requests));
    }

    [Fact]
    public async Task Request_WhoseNodeFails_IsAnError()
    {
        await using var nodes = await TwoNodes.StartAsync();
        nodes.First.OnRequest = request => request.SendAsync("no HTTP\r\n\r\n");

        using var response = await SendAsync(nodes);

        Assert.Equal(HttpStatusCode.BadGateway, response.StatusCode);
        var span = await _spans.TheSpanAsync();
        Assert.Equal(ActivityStatusCode.Error, span.Status);
        Assert.NotNull(span.GetTagItem("error.type"));
    }

    [Fact]
    public async Task Request_WhoseClientDisconnects_IsAbandoned()
    {
        await using var nodes = await TwoNodes.StartAsync();
        nodes.First.OnRequest = request => request.KeepSilentAsync();
        using var client = await WireClient.ConnectAsync(IPEndPoint.Parse(new Uri(nodes.App.Url).Authority));
        await client.SendAsync($"GET /page?user={nodes.User} HTTP/1.1\r\nHost: test\r\n{_spans.Header}\r\n\r\n");
        await Deadline.Until("the attempt", () => nodes.First.Requests.Count == 1);

        client.Reset();

        var span = await _spans.TheSpanAsync();
        Assert.Equal(("abandoned", ActivityStatusCode.Unset), (Outcome(span), span.Status));
        Assert.Null(span.GetTagItem("error.type"));
    }

    [Fact]
    public async Task Span_IsAChildOfTheServersSpan_IfThatIsRecorded()
    {
        using var spans = new SpanLog("WsBalancer", "Microsoft.AspNetCore");
        await using var nodes = await TwoNodes.StartAsync();

        using var response = await nodes.App.HandshakeAsync($"/ws?user={nodes.User}", spans.Header);
        var span = await spans.TheSpanAsync();
        var tunnel = await nodes.App.TheTunnelAsync();
        tunnel.Abort(Proxy.Tunnels.TunnelEnd.Disconnect);
        var server = await spans.TheSpanAsync("Microsoft.AspNetCore");

        Assert.Equal(server.SpanId, span.ParentSpanId);
        Assert.Equal(spans.Client, server.ParentSpanId);
    }

    public void Dispose() => _spans.Dispose();

    private static object? Outcome(Activity span) => span.GetTagItem("wsbalancer.outcome");

    private static IEnumerable<string> TagsOf(IEnumerable<KeyValuePair<string, object?>> tags) =>
        tags.Select(tag => $"{tag.Key}={tag.Value}").Order(StringComparer.Ordinal);

    private async Task<HttpResponseMessage> SendAsync(TwoNodes nodes)
    {
        using var client = new HttpClient();
        using var request = new HttpRequestMessage(HttpMethod.Get, $"{nodes.App.Url}/page?user={nodes.User}");
        request.Headers.Add("traceparent", _spans.Header["traceparent: ".Length..]);
        return await client.SendAsync(request, TestContext.Current.CancellationToken);
    }
}
