namespace WsBalancer.Proxy.Tests.Admin;

public sealed class NodeApiTests : IAsyncLifetime
{
    private const string Nodes = "clusters/chat/nodes";

    private BalancerApp _app = null!;

    public async ValueTask InitializeAsync()
    {
        _app = BalancerApp.Build(ChatSettings.OfNodes("ws-1", "ws-2"));
        await _app.StartAsync();
    }

    [Fact]
    public async Task Addition_AnswersWithThePlanThatWasCarriedOut()
    {
        using var tunnel = new TestTunnel(_app.Tunnels, _app.Node("ws-1"), _app.UserOf("ws-1"), _app.Time);

        var answer = await _app.CallAsync("POST", Nodes, """{"id":"ws-3","address":"http://ws-3.invalid/"}""");

        Assert.Equal(200, answer.Status);
        Assert.Equal("0 2 null", answer.Line("excess", "epoch", "shared"));
        Assert.Equal(answer["minimum"].GetDouble(), answer["moved"].GetDouble());
        var nodes = answer["nodes"].EnumerateArray().ToArray();
        Assert.Equal(["ws-1", "ws-2", "ws-3"], nodes.Select(node => node.GetProperty("id").GetString()));
        Assert.All(nodes, node => Assert.Equal(
            "id shareBefore shareAfter tunnelsBefore tunnelsAfter",
            string.Join(' ', node.EnumerateObject().Select(property => property.Name))));
        Assert.Equal(answer["moved"].GetDouble(), nodes[2].GetProperty("shareAfter").GetDouble(), 1e-12);
        Assert.Equal(1, nodes.Sum(node => node.GetProperty("tunnelsBefore").GetInt32()));
        Assert.Equal(3, _app.Chat.Current.Nodes.Length);
    }

    [Fact]
    public async Task Node_OfTheRuntime_IsListedAsAdded()
    {
        await _app.CallAsync("POST", Nodes, """{"id":"ws-3","address":"http://ws-3.invalid/","weight":3}""");
        await _app.CallAsync("PATCH", Nodes + "/ws-1", """{"weight":5}""");

        var nodes = (await _app.GetAsync("clusters")).Json[0].GetProperty("nodes").EnumerateArray();

        Assert.Equal(
            ["""ws-1 5 configured ["weight"]""", "ws-2 1 configured []", "ws-3 3 added []"],
            nodes.Select(node => AdminAnswer.LineOf(node, "id", "weight", "source", "overridden")));
    }

    [Fact]
    public async Task Node_WithARingKey_HasIt()
    {
        _app.Apply(ChatSettings.OfNodes("ws-1", "ws-2").With(ChatSettings.Ours + "Ring:Algorithm", "nginx"));

        var answer = await _app.CallAsync(
            "POST", Nodes, """{"id":"ws-3","address":"http://ws-3.invalid/","ringKey":"10.0.0.3:5000"}""");

        Assert.Equal(200, answer.Status);
        Assert.Equal("10.0.0.3:5000", _app.Node("ws-3").Status.RingKey);
    }

    [Theory]
    [InlineData(
        """{"id":"ws 3","address":"http://a/"}""",
        400,
        "'id' is 'ws 3': a node id has letters, digits, '.', '_' and '-', and at most 253 of them.")]
    [InlineData(
        """{"id":"ws-3","address":"ws-3:5000"}""",
        400,
        "'address' is 'ws-3:5000': expected http://HOST:PORT/ or https://HOST:PORT/.")]
    [InlineData(
        """{"id":"ws-3","address":"http://a/","weight":65536}""",
        400,
        "The weight of 'ws-3' is 65536: expected a whole number from 0 to 65535.")]
    [InlineData(
        """{"id":"ws-1","address":"http://a/"}""",
        409,
        "Node 'ws-1' is there already, at http://ws-1.invalid/ (configured); an address is changed by removing the "
            + "node and adding it again.")]
    [InlineData("""{"id":"ws-3"}""", 400, "'address' is missing: expected http://HOST:PORT/ or https://HOST:PORT/.")]
    public async Task Addition_ThatCannotBe_IsAProblem(string body, int status, string detail)
    {
        (await _app.CallAsync("POST", Nodes, body)).IsProblem(status, detail);
        Assert.Equal(2, _app.Chat.Current.Nodes.Length);
    }

    [Fact]
    public async Task Weight_IsChanged()
    {
        var answer = await _app.CallAsync("PATCH", Nodes + "/WS-1", """{"weight":3}""");

        Assert.Equal("0 2 null", answer.Line("excess", "epoch", "shared"));
        Assert.Equal(0.25, answer["moved"].GetDouble(), 0.01);
        Assert.Equal(3, _app.Node("ws-1").Weight);
    }

    [Theory]
    [InlineData(
        "ws-1", """{"weight":-1}""", 400, "The weight of 'ws-1' is -1: expected a whole number from 0 to 65535.")]
    [InlineData("ws-1", null, 400, "'weight' is missing: expected a whole number from 0 to 65535.")]
    [InlineData("ws-9", """{"weight":1}""", 404, "There is no node 'ws-9' in cluster 'chat'; known: ws-1, ws-2.")]
    public async Task Weight_ThatCannotBe_IsAProblem(string node, string? body, int status, string detail) =>
        (await _app.CallAsync("PATCH", $"{Nodes}/{node}", body)).IsProblem(status, detail);

    [Fact]
    public async Task Weight_OfTheLastNode_StaysAboveZero()
    {
        Assert.Equal(200, (await _app.CallAsync("PATCH", Nodes + "/ws-1", """{"weight":0}""")).Status);

        var answer = await _app.CallAsync("PATCH", Nodes + "/ws-2", """{"weight":0}""");

        Assert.Equal(409, answer.Status);
        Assert.StartsWith(
            "Node 'ws-2' is the last of cluster 'chat'", answer["detail"].GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Removal_LeavesTunnelsOpen()
    {
        using var tunnel = new TestTunnel(_app.Tunnels, _app.Node("ws-1"), _app.UserOf("ws-1"), _app.Time);

        var answer = await _app.CallAsync("DELETE", Nodes + "/ws-1");

        Assert.Equal("1 2 null", answer.Line("tunnelsMoved", "epoch", "shared"));
        Assert.Equal(0.5, answer["moved"].GetDouble(), 0.01);
        Assert.Null(Assert.Single(_app.Chat.Current.Leaving).RemovalDrain);
        (await _app.CallAsync("DELETE", Nodes + "/ws-1")).IsProblem(
            409, "Node 'ws-1' is leaving already; 1 tunnels are open there.");
    }

    [Fact]
    public async Task Removal_WithADrain_HasTheClustersTerms()
    {
        using var tunnel = new TestTunnel(_app.Tunnels, _app.Node("ws-1"), "alice", _app.Time);

        Assert.Equal(200, (await _app.CallAsync("DELETE", Nodes + "/ws-1?drain=true&force=false")).Status);

        var drain = Assert.Single(_app.Chat.Current.Leaving).RemovalDrain!;
        Assert.Equal((100, 600, 1012), (drain.RatePerSecond, drain.DeadlineSeconds, drain.CloseCode));
    }

    [Fact]
    public async Task Removal_OfTheLastNode_NeedsForce()
    {
        Assert.Equal(200, (await _app.CallAsync("DELETE", Nodes + "/ws-1")).Status);
        Assert.Equal(409, (await _app.CallAsync("DELETE", Nodes + "/ws-2")).Status);
        Assert.Single(_app.Chat.Current.Nodes);

        Assert.Equal(200, (await _app.CallAsync("DELETE", Nodes + "/ws-2?force=true")).Status);
        Assert.Empty(_app.Chat.Current.Nodes);
    }

    [Theory]
    [InlineData("ws-9", 404, "There is no node 'ws-9' in cluster 'chat'; known: ws-1, ws-2.")]
    [InlineData("ws-1?force=yes", 400, "'force' is 'yes': expected true or false.")]
    [InlineData("ws-1?drain=", 400, "'drain' is '': expected true or false.")]
    [InlineData("ws-1?drian=true", 400, "There is no query parameter 'drian' here; known: drain, force.")]
    [InlineData("ws-1?force=true&force=false", 400, "'force' is there 2 times: expected once.")]
    public async Task Removal_ThatCannotBe_IsAProblem(string target, int status, string detail)
    {
        (await _app.CallAsync("DELETE", $"{Nodes}/{target}")).IsProblem(status, detail);
        Assert.Equal(2, _app.Chat.Current.Nodes.Length);
    }

    [Theory]
    [InlineData("POST", "nodes", """{"id":"ws-3","address":"http://ws-3.invalid/"}""")]
    [InlineData("PATCH", "nodes/ws-1", """{"weight":2}""")]
    [InlineData("DELETE", "nodes/ws-1", null)]
    [InlineData("POST", "blend", """{"to":"nginx","share":0.5}""")]
    public async Task Change_IsMadeOnlyToTheEpochThatTheCallerHasSeen(string method, string target, string? body)
    {
        var stale = await _app.CallAsync(method, $"clusters/chat/{target}", body, "If-Match: 7");
        stale.IsProblem(
            412,
            "If-Match is 7, and cluster 'chat' is at epoch 1: its ring has changed. Nothing was done; look again.");
        (await _app.CallAsync(method, $"clusters/chat/{target}", body, "If-Match: one")).IsProblem(
            400, "'If-Match' is 'one': expected an epoch, a whole number, bare or in quotes.");
        Assert.Equal(1, _app.Chat.Current.Epoch);

        var seen = await _app.CallAsync(method, $"clusters/chat/{target}", body, "If-Match: \"1\"");

        Assert.Equal((200, 2), (seen.Status, seen["epoch"].GetInt64()));
    }

    [Theory]
    [InlineData("2")]
    [InlineData("*")]
    public async Task Epoch_OfAnAnswer_LetsTheNextChangeIn(string ifMatch)
    {
        var first = await _app.CallAsync("PATCH", Nodes + "/ws-1", """{"weight":2}""", "If-Match: 1");

        Assert.Equal(2, first["epoch"].GetInt64());
        Assert.Equal(
            200, (await _app.CallAsync("PATCH", Nodes + "/ws-1", """{"weight":3}""", $"If-Match: {ifMatch}")).Status);
    }

    [Theory]
    [InlineData("POST", "nodes", """{"id":"ws-3","address":"http://a/"}""")]
    [InlineData("PATCH", "nodes/ws-1", """{"weight":2}""")]
    [InlineData("DELETE", "nodes/ws-1", null)]
    [InlineData("POST", "plan", null)]
    [InlineData("GET", "blend", null)]
    [InlineData("POST", "blend", """{"to":"nginx","share":0.5}""")]
    [InlineData("GET", "tunnels", null)]
    [InlineData("POST", "nodes/ws-1/drain", null)]
    [InlineData("GET", "nodes/ws-1/drain", null)]
    [InlineData("DELETE", "nodes/ws-1/drain", null)]
    public async Task Cluster_ThatIsNotThere_IsAProblem(string method, string target, string? body) =>
        (await _app.CallAsync(method, $"clusters/nowhere/{target}", body)).IsProblem(
            404, "There is no cluster 'nowhere'; known: 'chat'.");

    [Fact]
    public async Task StateThatCannotBeKept_IsAProblem_AndNothingIsDone()
    {
        var folder = Directory.CreateTempSubdirectory("wsbalancer-");
        var path = Path.Combine(folder.FullName, "state.json");
        await using var app = BalancerApp.Build(
            ChatSettings.OfNodes("ws-1", "ws-2").With("WsBalancer:State:Path", path));
        await app.StartAsync();
        folder.Delete(recursive: true);

        var answer = await app.CallAsync("PATCH", Nodes + "/ws-1", """{"weight":2}""");

        Assert.Equal((500, "application/problem+json"), (answer.Status, answer.MediaType));
        var detail = answer["detail"].GetString();
        Assert.StartsWith($"The state file '{path}' cannot be written: ", detail, StringComparison.Ordinal);
        Assert.EndsWith(" Nothing was done.", detail, StringComparison.Ordinal);
        Assert.Equal((1, 1), (app.Node("ws-1").Weight, app.Chat.Current.Epoch));
    }

    public ValueTask DisposeAsync() => _app.DisposeAsync();
}
