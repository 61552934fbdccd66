using System.Net;
using System.Text;
using WsBalancer.HashRing;
using WsBalancer.Proxy.Placement;

namespace WsBalancer.Proxy.Tests.Placement;

/// <summary>Users are placed as by the balancer that the ring is compatible with.</summary>
public sealed class CompatibleRingTests : IAsyncDisposable
{
    private const string Ring = ChatSettings.Ours + "Ring:Algorithm";

    private readonly TestNode[] _nodes = [new("ws-1"), new("ws-2"), new("ws-3")];

    [Theory]
    [InlineData("nginx", "user-{0}")]
    [InlineData("nginx", "%C3%A9t%C3%A9 {0}")]
    [InlineData("nginx", "a+b%2B{0}")]
    [InlineData("haproxy", "%E4%BD%A0%20{0}")]
    [InlineData("envoy-maglev", "%C3%A9-{0}")]
    public async Task QueryOfAUser_IsHashedAsWritten(string algorithm, string form)
    {
        await using var app = await StartAsync(algorithm);
        var ids = UsersOf(form.Replace(" ", "%20", StringComparison.Ordinal)).ToArray();

        foreach (var id in ids)
        {
            using var response = await app.SendAsync(HttpMethod.Get, $"/page?x=1&user={id}&y=2");
            Assert.Equal(OwnerOf(algorithm, id), await TwoNodes.SourceOf(response));
        }

        Assert.Equal(3, ids.Select(id => OwnerOf(algorithm, id)).Distinct().Count());
    }

    [Theory]
    [InlineData("%C3%A9-{0}")]
    [InlineData("é, 你-{0}")]
    public async Task HeaderOfAUser_IsHashedAsWritten(string form)
    {
        await using var app = await StartAsync(
            "nginx", all => all.With(ChatSettings.Ours + "UserKey", "header:X-User"));
        using var client = new HttpClient(new SocketsHttpHandler
        {
            UseProxy = false,
            RequestHeaderEncodingSelector = (_, _) => Encoding.UTF8,
        });

        foreach (var id in UsersOf(form))
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, $"{app.Url}/page");
            request.Headers.Add("X-User", id);
            using var response = await client.SendAsync(request, TestContext.Current.CancellationToken);
            var owner = await TwoNodes.SourceOf(response);
            Assert.Equal(OwnerOf("nginx", id), owner);

            // The node records one character for each byte.
            Assert.Contains(
                $"X-User: {Encoding.Latin1.GetString(Encoding.UTF8.GetBytes(id))}\r\n",
                _nodes.Single(node => node.Name == owner).Requests.Last(),
                StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task IssuedCookie_IsAUserIdLikeAnother()
    {
        await using var app = await StartAsync("haproxy", all => all
            .With(ChatSettings.Ours + "UserKey", "cookie:sid")
            .With(ChatSettings.Ours + "OnMissingUserKey", "Cookie"));

        using var handshake = await app.HandshakeAsync("/ws");

        Assert.Equal(HttpStatusCode.SwitchingProtocols, handshake.StatusCode);
        var tunnel = (await app.TheTunnelAsync()).Identity;
        Assert.StartsWith(
            $"sid={tunnel.User};", handshake.Headers.GetValues("Set-Cookie").Single(), StringComparison.Ordinal);
        Assert.Equal(OwnerOf("haproxy", tunnel.User!), tunnel.Node.Id);
    }

    public static TheoryData<string> Algorithms => [.. RingAlgorithm.All.Select(algorithm => algorithm.Name)];

    [Theory]
    [MemberData(nameof(Algorithms))]
    public async Task RequestsWithoutAUser_AreSpreadOverAllNodesOfEveryRing(string algorithm)
    {
        var settings = _nodes.Aggregate(ChatSettings.Of(), (all, node) => WithNode(all, node.Name, node.Address));
        await using var app = BalancerApp.Build(settings.With(Ring, algorithm).WithWeight("ws-3", 0));

        // Fewer than 20 of a node's mean share of 200 is a chance of less than 10^-30.
        var counts = Enumerable.Range(0, 400)
            .CountBy(_ => new NodeOrder(app.Chat, user: null).Next()!.Id)
            .ToDictionary();

        Assert.Equal(["ws-1", "ws-2"], counts.Keys.Order());
        Assert.All(counts.Values, count => Assert.InRange(count, 20, 380));
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var node in _nodes)
        {
            await node.DisposeAsync();
        }
    }

    private static IEnumerable<string> UsersOf(string form) =>
        Enumerable.Range(0, 12).Select(i => string.Format(null, form, i));

    private static string NumberOf(string id) => id[^1..];

    private static Dictionary<string, string?> WithNode(Dictionary<string, string?> all, string id, string address) =>
        all.WithNode(id, address).With($"{ChatSettings.Yarps}Destinations:{id}:Metadata:RingKey", NumberOf(id));

    private static string OwnerOf(string algorithm, string user)
    {
        string[] ids = ["ws-1", "ws-2", "ws-3"];
        var ring = HashRing.Ring.Build(
            ids.Select(id => new RingNode(id, 1, NumberOf(id))), new RingOptions { Algorithm = algorithm });
        return ring.Nodes[ring.OwnerOf(user)].Id;
    }

    private Task<BalancerApp> StartAsync(
        string algorithm, Func<Dictionary<string, string?>, Dictionary<string, string?>>? change = null)
    {
        var settings = _nodes.Aggregate(ChatSettings.Of(), (all, node) => WithNode(all, node.Name, node.Address))
            .With(Ring, algorithm);
        return BalancerApp.StartAsync(change?.Invoke(settings) ?? settings);
    }
}
