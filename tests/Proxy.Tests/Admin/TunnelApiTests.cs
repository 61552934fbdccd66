using WsBalancer.Proxy.Tunnels;

namespace WsBalancer.Proxy.Tests.Admin;

public sealed class TunnelApiTests : IAsyncLifetime
{
    private const string Tunnels = "clusters/chat/tunnels";

    private readonly List<TestTunnel> _open = [];
    private BalancerApp _app = null!;

    public async ValueTask InitializeAsync()
    {
        _app = BalancerApp.Build(ChatSettings.OfNodes("ws-1", "ws-2"));
        await _app.StartAsync();
    }

    [Fact]
    public async Task Tunnel_IsShownWithWhatIsKnownOfIt()
    {
        var user = _app.UserOf("ws-2");
        var tunnel = Open("ws-1", user);
        _app.Time.Advance(TimeSpan.FromSeconds(90));
        tunnel.OnReceived(TunnelSide.Node);
        tunnel.OnForwarded(TunnelSide.Node, 70, 7);
        tunnel.OnForwarded(TunnelSide.Client, 50, 5);
        _app.Time.Advance(TimeSpan.FromSeconds(1.5));

        var shown = Assert.Single((await _app.GetAsync(Tunnels)).Json.EnumerateArray());

        Assert.Equal(
            "id user node openedAt ageSeconds misplaced idleClientSeconds idleNodeSeconds bytesFromClient "
            + "bytesFromNode framesFromClient framesFromNode protocol path client requestPath",
            string.Join(' ', shown.EnumerateObject().Select(property => property.Name)));
        Assert.Equal($"{tunnel.Identity.Id} {user} ws-1", AdminAnswer.LineOf(shown, "id", "user", "node"));
        Assert.Equal(tunnel.OpenedAt, shown.GetProperty("openedAt").GetDateTimeOffset());
        Assert.EndsWith("+00:00", shown.GetProperty("openedAt").GetString(), StringComparison.Ordinal);
        Assert.Equal(
            "91.5 true 91.5 1.5",
            AdminAnswer.LineOf(shown, "ageSeconds", "misplaced", "idleClientSeconds", "idleNodeSeconds"));
        Assert.Equal(
            "50 70 5 7 HTTP/1.1 portable",
            AdminAnswer.LineOf(
                shown, "bytesFromClient", "bytesFromNode", "framesFromClient", "framesFromNode", "protocol", "path"));
    }

    [Fact]
    public async Task Tunnel_WithoutAUser_HasANullUserAndIsNeverMisplaced()
    {
        Open("ws-1", null);

        var shown = Assert.Single((await _app.GetAsync(Tunnels)).Json.EnumerateArray());

        Assert.Equal("null false", AdminAnswer.LineOf(shown, "user", "misplaced"));
    }

    [Fact]
    public async Task Tunnels_AreFilteredAndTheOldestFirst()
    {
        var first = Open("ws-1", "alice").Identity.Id;
        _app.Time.Advance(TimeSpan.FromSeconds(60));
        var second = Open("ws-2", "bob").Identity.Id;
        _app.Time.Advance(TimeSpan.FromSeconds(60));
        var third = Open("ws-1", "bob").Identity.Id;

        Assert.Equal([first, second, third], await IdsAsync(""));
        Assert.Equal([first, second], await IdsAsync("?limit=2"));
        Assert.Equal([first, third], await IdsAsync("?node=WS-1"));
        Assert.Equal([second, third], await IdsAsync("?user=bob"));
        Assert.Equal([third], await IdsAsync("?user=bob&node=ws-1"));
        Assert.Equal([first], await IdsAsync("?olderThanSeconds=60"));
        Assert.Equal([first, second], await IdsAsync("?olderThanSeconds=59.5"));
        Assert.Equal([first, second, third], await IdsAsync("?limit=10000"));
        Assert.Empty(await IdsAsync("?user=carol"));
    }

    [Fact]
    public async Task Tunnels_OfALeavingNode_AreThereToo()
    {
        var left = Open("ws-1", "alice").Identity.Id;
        _app.Apply(ChatSettings.OfNodes("ws-2"));

        Assert.Equal([left], await IdsAsync(""));
        Assert.Equal([left], await IdsAsync("?node=ws-1"));
    }

    [Fact]
    public async Task Tunnels_AreFiftyUnlessMoreAreRequested()
    {
        for (var i = 0; i < 60; i++)
        {
            Open("ws-1", $"user-{i}");
        }

        Assert.Equal(50, (await IdsAsync("")).Count);
        Assert.Equal(60, (await IdsAsync("?limit=100")).Count);
    }

    [Theory]
    [InlineData("?limit=0", 400, "'limit' is '0': expected a whole number from 1 to 10000 (default 50).")]
    [InlineData("?limit=10001", 400, "'limit' is '10001': expected a whole number from 1 to 10000 (default 50).")]
    [InlineData("?limit=ten", 400, "'limit' is 'ten': expected a whole number from 1 to 10000 (default 50).")]
    [InlineData("?olderThanSeconds=-1", 400, "'olderThanSeconds' is '-1': expected a number of seconds, 0 or more.")]
    [InlineData("?olderThanSeconds=1h", 400, "'olderThanSeconds' is '1h': expected a number of seconds, 0 or more.")]
    [InlineData("?olderThanSeconds=", 400, "'olderThanSeconds' is '': expected a number of seconds, 0 or more.")]
    [InlineData("?user=", 400, "'user' is missing: expected 1 to 1024 bytes.")]
    [InlineData("?node=ws-9", 404, "There is no node 'ws-9' in cluster 'chat'; known: ws-1, ws-2.")]
    [InlineData(
        "?older=1",
        400,
        "There is no query parameter 'older' here; known: user, node, olderThanSeconds, client, sort, "
            + "limit.")]
    public async Task Question_ThatIsWrong_IsAProblem(string query, int status, string detail) =>
        (await _app.GetAsync(Tunnels + query)).IsProblem(status, detail);

    public async ValueTask DisposeAsync()
    {
        _open.ForEach(tunnel => tunnel.Dispose());
        await _app.DisposeAsync();
    }

    private Tunnel Open(string node, string? user)
    {
        _open.Add(new TestTunnel(_app.Tunnels, _app.Node(node), user, _app.Time));
        return _open[^1].Tunnel;
    }

    private async Task<IReadOnlyList<string>> IdsAsync(string query) =>
        [.. (await _app.GetAsync(Tunnels + query)).Json.EnumerateArray()
            .Select(tunnel => tunnel.GetProperty("id").GetString()!)];
}
