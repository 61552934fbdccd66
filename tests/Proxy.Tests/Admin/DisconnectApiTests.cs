using Microsoft.Extensions.DependencyInjection;
using WsBalancer.Proxy.State;
using WsBalancer.Proxy.Tests.Closing;

namespace WsBalancer.Proxy.Tests.Admin;

public sealed class DisconnectApiTests : IAsyncLifetime
{
    private const string WrongCode =
        "'closeCode' is '1006': expected 1000 to 1003, 1007 to 1014 or 3000 to 4999 (default 1012).";

    private readonly TestDisconnections _others = new();
    private readonly List<TestTunnel> _open = [];
    private BalancerApp _app = null!;

    public async ValueTask InitializeAsync()
    {
        _app = BalancerApp.Build(
            ChatSettings.OfNodes("ws-1", "ws-2"),
            services => services.AddSingleton<IDisconnectionChannel>(_others));
        await _app.StartAsync();
    }

    [Theory]
    [InlineData("", 1012)]
    [InlineData("&closeCode=4000", 4000)]
    public async Task User_IsDisconnectedEverywhere(string query, int code)
    {
        var (first, second, other) = (Open("ws-1", "a+b"), Open("ws-2", "a+b"), Open("ws-1", "bob"));

        var answer = await _app.CallAsync("DELETE", "clusters/chat/tunnels?user=a%2Bb" + query);

        Assert.Equal(200, answer.Status);
        Assert.Equal("2 null", answer.Line("closed", "shared"));
        Assert.Equal([code, code, null], new[] { first, second, other }.Select(tunnel => tunnel.SentCloseCode));
    }

    [Fact]
    public async Task User_WithoutTunnels_IsNoMistake() => Assert.Equal(
        "0 null", (await _app.CallAsync("DELETE", "clusters/chat/tunnels?user=carol")).Line("closed", "shared"));

    [Fact]
    public async Task Tunnel_IsDisconnected()
    {
        var (tunnel, other) = (Open("ws-1", "alice"), Open("ws-1", "alice"));

        var answer = await _app.CallAsync("DELETE", $"tunnels/{tunnel.Tunnel.Identity.Id}");

        Assert.Equal((200, "1 null"), (answer.Status, answer.Line("closed", "shared")));
        Assert.Equal([1012, null], new[] { tunnel, other }.Select(one => one.SentCloseCode));
    }

    [Fact]
    public async Task Tunnel_OfAnotherBalancer_IsDisconnectedThere()
    {
        _others.Answer = true;

        var tunnel = await _app.CallAsync("DELETE", "tunnels/0123456789abcdef?closeCode=4001");
        var user = await _app.CallAsync("DELETE", "clusters/chat/tunnels?user=alice");

        Assert.Equal((200, "0 true"), (tunnel.Status, tunnel.Line("closed", "shared")));
        Assert.Equal("0 true", user.Line("closed", "shared"));
        Assert.Equal(
            [new(null, null, "0123456789abcdef", 4001), new Disconnection("chat", "alice", null, 1012)],
            _others.Sent);
    }

    [Theory]
    [InlineData("node=ws-1", "1 2")]
    [InlineData("olderThanSeconds=60", "1 3")]
    [InlineData("olderThanSeconds=60&node=ws-1", "1")]
    [InlineData("user=bob&node=ws-1", "2")]
    public async Task Disconnection_OfMany_ClosesThoseThatAreSelected(string query, string closed)
    {
        TestTunnel[] tunnels = [Open("ws-1", "alice"), null!, Open("ws-2", "alice")];
        _app.Time.Advance(TimeSpan.FromSeconds(61));
        tunnels[1] = Open("ws-1", "bob");

        var answer = await _app.CallAsync("DELETE", $"clusters/chat/tunnels?{query}");

        Assert.Equal(200, answer.Status);
        Assert.Equal(
            closed,
            string.Join(
                ' ',
                tunnels.Index().Where(one => one.Item.SentCloseCode is not null).Select(one => one.Index + 1)));
    }

    [Theory]
    [InlineData("WS-1", "ws-1")]
    [InlineData("WS-9", "ws-9")]
    public async Task Node_InAnotherCase_IsDisconnectedByTheIdThatTheFleetHas(string requested, string sent)
    {
        _others.Answer = true;
        var nodes = new Dictionary<string, PeerNode> { ["ws-9"] = new(3, 0, null) };
        _app.Get<PeerReports>().Update(
            [new PeerReport("other", new Dictionary<string, PeerCluster> { ["chat"] = new("", "", nodes, null) })]);

        var answer = await _app.CallAsync("DELETE", $"clusters/chat/tunnels?node={requested}");

        Assert.Equal((200, "0 true"), (answer.Status, answer.Line("closed", "shared")));
        Assert.Equal([new Disconnection("chat", null, null, 1012, sent)], _others.Sent);
    }

    [Theory]
    [InlineData("clusters/chat/tunnels", 400, "'user' is missing: expected 1 to 1024 bytes.")]
    [InlineData("clusters/chat/tunnels?user=", 400, "'user' is missing: expected 1 to 1024 bytes.")]
    [InlineData("clusters/chat/tunnels?user=alice&closeCode=1006", 400, WrongCode)]
    [InlineData(
        "clusters/chat/tunnels?user=alice&nodes=ws-1",
        400,
        "There is no query parameter 'nodes' here; known: user, node, olderThanSeconds, closeCode.")]
    [InlineData("clusters/chat/tunnels?user=&node=ws-1", 400, "'user' is missing: expected 1 to 1024 bytes.")]
    [InlineData(
        "clusters/chat/tunnels?olderThanSeconds=-1",
        400,
        "'olderThanSeconds' is '-1': expected a number of seconds, 0 or more.")]
    [InlineData(
        "clusters/chat/tunnels?olderThanSeconds=Infinity",
        400,
        "'olderThanSeconds' is 'Infinity': expected a number of seconds, 0 or more.")]
    [InlineData("clusters/nowhere/tunnels?user=alice", 404, "There is no cluster 'nowhere'; known: 'chat'.")]
    [InlineData("tunnels/none", 404, "There is no tunnel 'none'.")]
    [InlineData("tunnels/none?closeCode=1006", 400, WrongCode)]
    public async Task Disconnection_ThatCannotBe_IsAProblem(string target, int status, string detail)
    {
        var tunnel = Open("ws-1", "alice");

        (await _app.CallAsync("DELETE", target)).IsProblem(status, detail);

        Assert.Null(tunnel.SentCloseCode);
    }

    public async ValueTask DisposeAsync()
    {
        _open.ForEach(tunnel => tunnel.Dispose());
        await _app.DisposeAsync();
    }

    private TestTunnel Open(string node, string user)
    {
        _open.Add(new TestTunnel(_app.Tunnels, _app.Node(node), user, _app.Time));
        return _open[^1];
    }
}
