using System.Text.Json.Nodes;

namespace WsBalancer.EndToEnd.Tests.Fixtures;

/// <summary>Two balancers that share a Redis, with three real nodes. Each can be killed and restarted.</summary>
internal sealed class TwoBalancers : IAsyncDisposable
{
    private readonly Together _owned;

    private TwoBalancers(RedisServer redis, WsNode[] nodes, Balancer one, Balancer two)
    {
        (Redis, Nodes, One, Two) = (redis, nodes, one, two);
        _owned = new Together([one, two, redis, .. nodes]);
    }

    public RedisServer Redis { get; }

    public WsNode[] Nodes { get; }

    public Balancer One { get; }

    public Balancer Two { get; }

    public static async Task<TwoBalancers> Start(
        Action<BalancerConfig>? configure = null, string? engine = null)
    {
        var redis = await RedisServer.Start();
        var nodes = await WsNode.StartAll("ws-1", "ws-2", "ws-3");
        var pair = new TwoBalancers(
            redis,
            nodes,
            await Start("one", redis, nodes, configure, engine),
            await Start("two", redis, nodes, configure, engine));
        await pair.Until("all nodes are healthy", cluster => cluster["nodes"]!.AsArray()
            .All(node => (string?)node!["health"] == "healthy"));
        return pair;
    }

    /// <summary>
    /// Connects users to both balancers in turn; a user whose connection is lost reconnects at the other one.
    /// </summary>
    public Task<Crowd> Gather(int users, bool reconnects = false) =>
        Crowd.Gather([() => One.Endpoint, () => Two.Endpoint], users, reconnects);

    /// <summary>Waits until a fact holds in the admin API of both balancers.</summary>
    public async Task Until(string fact, Func<JsonNode, bool> holds)
    {
        await One.Until($"one: {fact}", holds);
        await Two.Until($"two: {fact}", holds);
    }

    public Task UntilState(string node, params string[] states) => Until(
        $"{node} is {string.Join(" or ", states)}",
        cluster => states.Contains((string?)cluster["nodes"]!.AsArray()
            .Single(item => (string?)item!["id"] == node)!["state"]));

    public ValueTask DisposeAsync() => _owned.DisposeAsync();

    private static Task<Balancer> Start(
        string id, RedisServer redis, WsNode[] nodes, Action<BalancerConfig>? configure, string? engine)
    {
        var config = BalancerConfig.With(nodes)
            .Set(BalancerConfig.UrlsKey, $"http://{LoopbackAddress.NextFree()}")
            .Set("WsBalancer:Admin:Url", $"http://{LoopbackAddress.NextFree()}")
            .Set("WsBalancer:State:Redis", redis.Address)
            .Set("WsBalancer:State:Id", id);
        configure?.Invoke(config);
        return Balancer.Start(config, engine);
    }
}
