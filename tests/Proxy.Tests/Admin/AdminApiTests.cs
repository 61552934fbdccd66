using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using WsBalancer.Proxy.Fleet;
using WsBalancer.Proxy.State;

namespace WsBalancer.Proxy.Tests.Admin;

public sealed class AdminApiTests : IAsyncLifetime
{
    private readonly TestNode _first = new("ws-1");
    private readonly TestNode _second = new("ws-2");
    private BalancerApp _app = null!;

    public async ValueTask InitializeAsync() => _app = await BalancerApp.StartAsync(
        ChatSettings.Of(("ws-1", _first.Address), ("ws-2", _second.Address)).WithWeight("ws-2", 3));

    [Fact]
    public async Task Clusters_HaveTheShapeThatIsPublished()
    {
        using var tunnel = new TestTunnel(_app.Tunnels, _app.Node("ws-1"), _app.UserOf("ws-2"), _app.Time);
        using var home = new TestTunnel(_app.Tunnels, _app.Node("ws-2"), _app.UserOf("ws-2"), _app.Time);
        _app.Fleet.SetAnnouncedDrain(_app.Chat, _app.Node("ws-1"), true);

        var clusters = await GetAsync("/api/v1/clusters");

        var cluster = Assert.Single(clusters.EnumerateArray());
        Assert.Equal("id ring nodes problems", NamesOf(cluster));
        Assert.Equal("chat", cluster.GetProperty("id").GetString());
        var ring = cluster.GetProperty("ring");
        Assert.Equal("algorithm spec epoch fingerprint", NamesOf(ring));
        Assert.Equal("rendezvous", ring.GetProperty("algorithm").GetString());
        Assert.Equal("rendezvous/1;b=18;seed=none", ring.GetProperty("spec").GetString());
        Assert.Equal(1, ring.GetProperty("epoch").GetInt64());
        Assert.Matches("^[0-9a-f]{32}$", ring.GetProperty("fingerprint").GetString());
        var nodes = cluster.GetProperty("nodes").EnumerateArray().ToArray();
        Assert.All(nodes, node => Assert.Equal(
            "cluster id address weight source overridden state health tunnels misplaced share ringKey", NamesOf(node)));
        Assert.Equal(1, nodes.Sum(node => node.GetProperty("share").GetDouble()), 1e-12);
        Assert.Equal(
            $"chat ws-1 {_first.Address} 1 configured [] draining healthy 1 1",
            string.Join(' ', FieldsOf(nodes[0])[..^2]));
        Assert.Equal(
            $"chat ws-2 {_second.Address} 3 configured [] active healthy 1 0",
            string.Join(' ', FieldsOf(nodes[1])[..^2]));
    }

    [Fact]
    public async Task Nodes_ThatLeave_AreListedWithNoShare()
    {
        using var tunnel = new TestTunnel(_app.Tunnels, _app.Node("ws-1"), "alice", _app.Time);
        _app.Fleet.SetHealth(_app.Chat, _app.Node("ws-2"), NodeHealth.Unhealthy, "test");
        _app.Apply(ChatSettings.Of(("ws-2", _second.Address)));

        var nodes = (await GetAsync("/api/v1/clusters"))[0].GetProperty("nodes");

        Assert.Equal("ws-2 1 active unhealthy 1", Line(nodes[0], "id", "weight", "state", "health", "share"));
        Assert.Equal("ws-1 leaving 1 1 0", Line(nodes[1], "id", "state", "tunnels", "misplaced", "share"));
        tunnel.End();
        Assert.Equal(1, (await GetAsync("/api/v1/clusters"))[0].GetProperty("nodes").GetArrayLength());
    }

    [Fact]
    public async Task Cluster_WithoutNodes_HasNoRing()
    {
        await using var app = await BalancerApp.StartAsync(ChatSettings.Of());
        using var answer = await app.SendAsync("/api/v1/clusters");

        var cluster = (await answer.Content.ReadFromJsonAsync<JsonElement>(TestContext.Current.CancellationToken))[0];

        Assert.Equal(JsonValueKind.Null, cluster.GetProperty("ring").ValueKind);
        Assert.Equal(0, cluster.GetProperty("nodes").GetArrayLength());
    }

    [Fact]
    public async Task Problems_AreThoseOfTheCluster_AndThoseOfNone()
    {
        var bad = _app.Get<BadRecords>();
        bad.Add(RecordSource.SharedState, "one", "CHAT", "{\u001b", "it is \u001b[2J");
        bad.Add(RecordSource.StateFile, "two", null, "{", "it is none");
        bad.Add(RecordSource.SharedState, "three", "other", "{", "it is none");

        var problems = (await GetAsync("/api/v1/clusters"))[0].GetProperty("problems").EnumerateArray().ToArray();

        Assert.All(problems, problem => Assert.Equal("source record mistake since", NamesOf(problem)));
        Assert.Equal(
            ["stateFile two it is none", "sharedState one it is \\u001b[2J"],
            problems.Select(problem => Line(problem, "source", "record", "mistake")));
    }

    [Fact]
    public async Task Owner_HasTheShapeThatIsPublished()
    {
        var user = _app.UserOf("ws-1", "ws-2");
        using var home = new TestTunnel(_app.Tunnels, _app.Node("ws-1"), user, _app.Time);
        using var away = new TestTunnel(_app.Tunnels, _app.Node("ws-2"), user, _app.Time);

        var owner = await GetAsync($"/api/v1/clusters/CHAT/owner?user={user}");

        Assert.Equal("user owner home node order reason tunnels ring ringKey", NamesOf(owner));
        Assert.Equal(
            $"""{user} ws-1 ws-1 ws-1 ["ws-1","ws-2"] ws-1 is the owner and available""",
            Line(owner, "user", "owner", "home", "node", "order", "reason"));
        var tunnels = owner.GetProperty("tunnels").EnumerateArray().ToArray();
        Assert.All(tunnels, tunnel => Assert.Equal("id node openedAt misplaced", NamesOf(tunnel)));
        Assert.Equal(
            [(home.Tunnel.Identity.Id, "ws-1", false), (away.Tunnel.Identity.Id, "ws-2", true)],
            tunnels.Select(tunnel => (
                tunnel.GetProperty("id").GetString()!,
                tunnel.GetProperty("node").GetString()!,
                tunnel.GetProperty("misplaced").GetBoolean())));

        _app.Fleet.SetAnnouncedDrain(_app.Chat, _app.Node("ws-1"), true);
        _app.Fleet.SetHealth(_app.Chat, _app.Node("ws-2"), NodeHealth.Unhealthy, "test");
        owner = await GetAsync($"/api/v1/clusters/chat/owner?user={user}");
        Assert.Equal("ws-1 ws-2 ws-2", Line(owner, "owner", "home", "node"));
        _app.Fleet.SetAnnouncedDrain(_app.Chat, _app.Node("ws-2"), true);
        owner = await GetAsync($"/api/v1/clusters/chat/owner?user={user}");
        Assert.Equal(JsonValueKind.Null, owner.GetProperty("home").ValueKind);
        Assert.Equal(JsonValueKind.Null, owner.GetProperty("node").ValueKind);
        Assert.Equal(home.Tunnel.OpenedAt, tunnels[0].GetProperty("openedAt").GetDateTimeOffset());
    }

    [Fact]
    public async Task Ring_OfAnotherKind_IsNamedWithItsKeys()
    {
        _app.Apply(ChatSettings.Of(("ws-1", _first.Address), ("ws-2", _second.Address))
            .With(ChatSettings.Ours + "Ring:Algorithm", "nginx")
            .With(ChatSettings.Yarps + "Destinations:ws-1:Metadata:RingKey", "10.0.0.1:5001"));

        var cluster = (await GetAsync("/api/v1/clusters"))[0];
        var owner = await GetAsync($"/api/v1/clusters/chat/owner?user={_app.UserOf("ws-1")}");

        Assert.Equal("nginx nginx/1", Line(cluster.GetProperty("ring"), "algorithm", "spec"));
        Assert.Equal(
            ["10.0.0.1:5001", new Uri(_second.Address).Authority],
            cluster.GetProperty("nodes").EnumerateArray().Select(node => node.GetProperty("ringKey").GetString()));
        Assert.Equal(cluster.GetProperty("ring").ToString(), owner.GetProperty("ring").ToString());
        Assert.Equal("10.0.0.1:5001", owner.GetProperty("ringKey").GetString());
    }

    [Fact]
    public async Task Ring_ThatHashesIds_HasNoKeys()
    {
        var node = (await GetAsync("/api/v1/clusters"))[0].GetProperty("nodes")[0];
        var owner = await GetAsync("/api/v1/clusters/chat/owner?user=alice");

        Assert.Equal(JsonValueKind.Null, node.GetProperty("ringKey").ValueKind);
        Assert.Equal(JsonValueKind.Null, owner.GetProperty("ringKey").ValueKind);
        Assert.Equal("rendezvous", owner.GetProperty("ring").GetProperty("algorithm").GetString());
    }

    [Theory]
    [InlineData("a%2Bb", "a+b")]
    [InlineData("a%2520b", "a%20b")]
    [InlineData("a%26b%3Dc", "a&b=c")]
    [InlineData("%E4%BD%A0", "你")]
    [InlineData("%40alice", "@alice")]
    public async Task User_IsPercentEncodedOnce(string encoded, string user) => Assert.Equal(
        user, (await GetAsync($"/api/v1/clusters/chat/owner?user={encoded}")).GetProperty("user").GetString());

    [Fact]
    public async Task User_OfTheLongestLength_IsTaken() => Assert.Equal(
        1024,
        (await GetAsync($"/api/v1/clusters/chat/owner?user={new string('a', 1024)}"))
            .GetProperty("user").GetString()!.Length);

    [Theory]
    [InlineData("/api/v1/clusters/nowhere/owner?user=alice", 404, "There is no cluster 'nowhere'; known: 'chat'.")]
    [InlineData("/api/v1/clusters/chat/owner", 400, "'user' is missing: expected 1 to 1024 bytes.")]
    [InlineData("/api/v1/clusters/chat/owner?user=", 400, "'user' is missing: expected 1 to 1024 bytes.")]
    [InlineData("/api/v1/clusters/chat/owner?user=LONG", 400, "'user' is too long: expected 1 to 1024 bytes.")]
    [InlineData("/api/v1/nothing", 404, "There is nothing at '/api/v1/nothing'; /openapi/v1.json names every call.")]
    [InlineData("/api/v1/clusters/chat/plan", 405, "'/api/v1/clusters/chat/plan' does not know GET: expected POST.")]
    [InlineData("/api/v1/clusters?scope=all", 400, "'scope' is 'all': expected fleet or local (default fleet).")]
    [InlineData("/api/v1/clusters/chat/owner?user=a&user=b", 400, "'user' is there 2 times: expected once.")]
    [InlineData("/api/v1/clusters?cluster=chat", 400, "There is no query parameter 'cluster' here; known: scope.")]
    public async Task Mistake_IsAProblemWithItsReason(string target, int status, string detail)
    {
        var longest = new string('a', 1025);
        using var response = await _app.SendAsync(target.Replace("LONG", longest, StringComparison.Ordinal));

        Assert.Equal(status, (int)response.StatusCode);
        Assert.Equal("application/problem+json", response.Content.Headers.ContentType?.MediaType);
        var problem = await response.Content.ReadFromJsonAsync<JsonElement>(TestContext.Current.CancellationToken);
        Assert.Equal(status, problem.GetProperty("status").GetInt32());
        Assert.Equal(detail, problem.GetProperty("detail").GetString());
    }

    public async ValueTask DisposeAsync()
    {
        await _app.DisposeAsync();
        await _first.DisposeAsync();
        await _second.DisposeAsync();
    }

    private static string NamesOf(JsonElement element) =>
        string.Join(' ', element.EnumerateObject().Select(property => property.Name));

    private static string[] FieldsOf(JsonElement element) =>
        [.. element.EnumerateObject().Select(property => property.Value.ToString())];

    private static string Line(JsonElement element, params string[] names) =>
        string.Join(' ', names.Select(name => element.GetProperty(name).ToString()));

    private async Task<JsonElement> GetAsync(string target)
    {
        using var response = await _app.SendAsync(target);
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        return await response.Content.ReadFromJsonAsync<JsonElement>(TestContext.Current.CancellationToken);
    }
}
