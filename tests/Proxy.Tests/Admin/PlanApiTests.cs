namespace WsBalancer.Proxy.Tests.Admin;

public sealed class PlanApiTests : IAsyncLifetime
{
    private const string Plan = "clusters/chat/plan";
    private const string Blend = "clusters/chat/blend";

    private BalancerApp _app = null!;

    public async ValueTask InitializeAsync()
    {
        _app = BalancerApp.Build(ChatSettings.OfNodes("ws-1", "ws-2"));
        await _app.StartAsync();
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("{}")]
    [InlineData("""{"add":[],"remove":[],"weights":{}}""")]
    [InlineData("""{"add":null,"remove":null,"weights":null}""")]
    public async Task Plan_OfNothing_MovesNothing(string? body)
    {
        var answer = await _app.CallAsync("POST", Plan, body);

        Assert.Equal(200, answer.Status);
        Assert.Equal(
            "moved minimum excess tunnelsMoved epoch nodes",
            string.Join(' ', answer.Json.EnumerateObject().Select(property => property.Name)));
        Assert.Equal("0 0 0 0 1", answer.Line("moved", "minimum", "excess", "tunnelsMoved", "epoch"));
    }

    [Fact]
    public async Task Plan_OfSeveralChanges_CoversThemAllAndMakesNone()
    {
        using var tunnel = new TestTunnel(_app.Tunnels, _app.Node("ws-2"), _app.UserOf("ws-2"), _app.Time);

        var answer = await _app.CallAsync(
            "POST",
            Plan,
            """
            {"add":[{"id":"ws-3","address":"http://ws-3.invalid/","weight":2}],"remove":["ws-2"],"weights":{"ws-1":2}}
            """);

        Assert.Equal(200, answer.Status);
        Assert.Equal("0 1", answer.Line("excess", "tunnelsMoved"));
        Assert.Equal(
            [("ws-1", 0.5), ("ws-2", 0), ("ws-3", 0.5)],
            answer["nodes"].EnumerateArray().Select(node => (
                node.GetProperty("id").GetString()!, Math.Round(node.GetProperty("shareAfter").GetDouble(), 2))));
        Assert.Equal(1, _app.Chat.Current.Epoch);
        Assert.Equal(2, _app.Chat.Current.Nodes.Length);
    }

    [Theory]
    [InlineData("""{"remove":["ws-9"]}""", 404, "There is no node 'ws-9' in cluster 'chat'; known: ws-1, ws-2.")]
    [InlineData("""{"weights":{"ws-9":1}}""", 404, "There is no node 'ws-9' in cluster 'chat'; known: ws-1, ws-2.")]
    [InlineData(
        """{"weights":{"ws-1":70000}}""",
        400,
        "The weight of 'ws-1' is 70000: expected a whole number from 0 to 65535.")]
    [InlineData(
        """{"add":[{"id":"ws-1","address":"http://a/"}]}""",
        409,
        "Node 'ws-1' is there already, at http://ws-1.invalid/ (configured); an address is changed by removing the "
            + "node and adding it again.")]
    public async Task Plan_OfWhatCannotBe_IsAProblem(string body, int status, string detail) =>
        (await _app.CallAsync("POST", Plan, body)).IsProblem(status, detail);

    [Fact]
    public async Task Blend_IsShown()
    {
        var none = await _app.GetAsync(Blend);
        Assert.Equal("rendezvous null 0 0 1", none.Line("from", "to", "share", "moved", "epoch"));

        var planned = await _app.GetAsync(Blend + "?to=nginx&share=0.5");
        Assert.Equal("rendezvous nginx 0.5 1", planned.Line("from", "to", "share", "epoch"));
        Assert.InRange(planned["moved"].GetDouble(), 0.2, 0.3);
        Assert.False(planned.Json.TryGetProperty("shared", out _));
        Assert.Null(_app.Chat.Current.Composition.Blend);

        var done = await _app.CallAsync("POST", Blend, """{"to":"nginx","share":0.5}""");
        Assert.Equal("rendezvous nginx 0.5 2 null", done.Line("from", "to", "share", "epoch", "shared"));
        Assert.Equal(planned["moved"].GetDouble(), done["moved"].GetDouble());

        var inForce = await _app.GetAsync(Blend);
        Assert.Equal("rendezvous nginx 0.5 0 2", inForce.Line("from", "to", "share", "moved", "epoch"));

        var back = await _app.CallAsync("POST", Blend, """{"to":"nginx","share":0}""");
        Assert.Equal("0 3", back.Line("share", "epoch"));
        Assert.Equal("null 0", (await _app.GetAsync(Blend)).Line("to", "share"));
    }

    [Theory]
    [InlineData("?to=nginx", "'to' and 'share' belong together: expected both, or neither.")]
    [InlineData("?share=0.5", "'to' and 'share' belong together: expected both, or neither.")]
    [InlineData("?to=nginx&share=1.5", "'share' is '1.5': expected a number from 0 to 1.")]
    [InlineData("?to=nginx&share=half", "'share' is 'half': expected a number from 0 to 1.")]
    [InlineData("?to=nginx&share=NaN", "'share' is 'NaN': expected a number from 0 to 1.")]
    public async Task Blend_OfAWrongQuery_IsAProblem(string query, string detail) =>
        (await _app.GetAsync(Blend + query)).IsProblem(400, detail);

    [Theory]
    [InlineData("""{"to":"nginx"}""", "'share' is missing: expected a number from 0 to 1.")]
    [InlineData("""{"share":0.5}""", "'to' is missing: expected the algorithm of the other ring.")]
    [InlineData("""{"to":"nginx","share":-0.1}""", "'share' is -0.1: expected a number from 0 to 1.")]
    [InlineData("""{"to":"nginx","share":"10%"}""", "'share' is \"10%\": expected a number from 0 to 1.")]
    public async Task Blend_ThatCannotBe_IsAProblem(string body, string detail) =>
        (await _app.CallAsync("POST", Blend, body)).IsProblem(400, detail);

    [Fact]
    public async Task Blend_ToARingThatIsUnknown_NamesTheKnownOnes()
    {
        var answer = await _app.CallAsync("POST", Blend, """{"to":"magic","share":0.5}""");

        Assert.Equal(400, answer.Status);
        Assert.Matches("^'to' is 'magic': expected one of .*nginx.*\\.$", answer["detail"].GetString());
    }

    public ValueTask DisposeAsync() => _app.DisposeAsync();
}
