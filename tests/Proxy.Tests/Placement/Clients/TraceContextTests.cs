namespace WsBalancer.Proxy.Tests.Placement.Clients;

/// <summary>Trace headers at a node, for each client that sends handshakes to nodes.</summary>
public sealed class TraceContextTests
{
    private const string Parent = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";

    public static TheoryData<string> Clients => ClientFleet.Clients;

    [Theory]
    [MemberData(nameof(Clients))]
    public async Task Trace_ThatIsNotRecordedHere_IsTheClients(string client)
    {
        await using var fleet = await ClientFleet.StartAsync(client);

        using var traced = await fleet.HandshakeAsync($"traceparent: {Parent}", "tracestate: a=1");
        using var untraced = await fleet.HandshakeAsync();

        Assert.Equal([$"{Parent} a=1", " "], fleet.Traces);
    }

    [Theory]
    [MemberData(nameof(Clients))]
    public async Task Trace_ThatIsRecordedHere_HasTheSpanAsTheParentOfTheNode(string client)
    {
        using var spans = new SpanLog("WsBalancer");
        await using var fleet = await ClientFleet.StartAsync(client);

        using var response = await fleet.HandshakeAsync(spans.Header, "tracestate: a=1");

        var span = await spans.TheSpanAsync();
        Assert.Equal([$"00-{spans.Trace}-{span.SpanId}-01 a=1"], fleet.Traces);
        Assert.Equal(spans.Client, span.ParentSpanId);
        Assert.Equal("accepted", span.GetTagItem("wsbalancer.outcome"));
    }
}
