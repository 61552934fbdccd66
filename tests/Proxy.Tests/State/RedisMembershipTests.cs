using WsBalancer.Proxy.State;

namespace WsBalancer.Proxy.Tests.State;

/// <summary>Nodes that register themselves in a real Redis. The balancer has the clusters "Chat" and "other".</summary>
public sealed class RedisMembershipTests : IAsyncLifetime
{
    private const int SetAside = 704;

    private static readonly NamedNode First = new("chat", "ws-1", "http://10.0.0.1:5000", 2, false);

    private RedisServer _redis = null!;

    public async ValueTask InitializeAsync() => _redis = await RedisServer.StartAsync();

    public ValueTask DisposeAsync() => _redis.DisposeAsync();

    [Fact]
    public async Task NoNode_IsAnEmptyList_NotNull()
    {
        await using var balancer = await SharingBalancer.StartAsync(_redis, "b-1");

        Assert.Equal([], balancer.Membership.Nodes);
    }

    [Fact]
    public async Task ListedNode_IsThereWithTheNextReading()
    {
        await RegisterAsync("chat", "ws-1", First);
        await _redis.Database.SetAddAsync("wsbalancer:nodes:chat", "ws-1");

        await using var balancer = await SharingBalancer.StartAsync(_redis, "b-1");

        Assert.Equal([First], balancer.Membership.Nodes);
    }

    [Theory]
    [InlineData("chat")]
    [InlineData("CHAT")]
    public async Task NodeThatOnlyWritesItsKey_IsFoundToo(string cluster)
    {
        await using var balancer = await SharingBalancer.StartAsync(_redis, "b-1");
        var changes = 0;
        balancer.Membership.Changed += () => changes++;

        await RegisterAsync(cluster, "ws-1", First);

        await Deadline.Until("it is found", () => balancer.Membership.Nodes is [var node] && node == First);
        Assert.Equal(1, changes);
    }

    [Fact]
    public async Task Defaults_AreWeight1AndActive()
    {
        await WriteAsync("chat", "ws-1", """{"address":"https://ws-1/","more":[]}""");
        await using var balancer = await SharingBalancer.StartAsync(_redis, "b-1");

        await Deadline.Until("it is found", () => balancer.Membership.Nodes is [_]);
        Assert.Equal([new NamedNode("chat", "ws-1", "https://ws-1/", 1, false)], balancer.Membership.Nodes);
    }

    [Fact]
    public async Task Change_IsSeen()
    {
        await RegisterAsync("chat", "ws-1", First);
        await using var balancer = await SharingBalancer.StartAsync(_redis, "b-1");
        await Deadline.Until("it is found", () => balancer.Membership.Nodes is [_]);

        var draining = First with { Weight = 0, IsDraining = true, Address = "http://10.0.0.2:5000" };
        await RegisterAsync("chat", "ws-1", draining);

        await Deadline.Until("it is seen", () => balancer.Membership.Nodes is [var node] && node == draining);
    }

    [Fact]
    public async Task NodeWhoseKeyWasDeleted_IsForgotten_AndItsIdWithIt()
    {
        await RegisterAsync("chat", "ws-1", First);
        await _redis.Database.SetAddAsync("wsbalancer:nodes:Chat", "ws-1");
        await using var balancer = await SharingBalancer.StartAsync(_redis, "b-1");

        await _redis.Database.KeyDeleteAsync("wsbalancer:node:chat:ws-1");

        await Deadline.Until("it is forgotten", () => balancer.Membership.Nodes is []);
        await Deadline.Until("its id is too", async () =>
            !await _redis.Database.KeyExistsAsync("wsbalancer:nodes:Chat"));
    }

    [Fact]
    public async Task RedisThatForbidsScan_IsLoggedOnce_AndNodesOfTheSetAreFound()
    {
        await _redis.Database.ExecuteAsync("ACL", "SETUSER", "default", "-scan");
        await using var balancer = await SharingBalancer.StartAsync(_redis, "b-1");
        await RegisterAsync("chat", "ws-1", First);
        await _redis.Database.SetAddAsync("wsbalancer:nodes:chat", "ws-1");

        await Deadline.Until("it is told", () => balancer.LogCount(712) > 0);

        await Deadline.Until("it is found", () => balancer.Membership.Nodes is [var node] && node == First);
        Assert.Equal(1, balancer.LogCount(712));
    }

    [Fact]
    public async Task RedisDisconnected_IsNull_AndARedisThatReturnsEmpty_LosesNoNodeThatRenews()
    {
        await RegisterAsync("chat", "ws-1", First);
        await _redis.Database.SetAddAsync("wsbalancer:nodes:chat", "ws-1");
        await using var balancer = await SharingBalancer.StartAsync(_redis, "b-1");
        var seen = new List<IReadOnlyList<NamedNode>?>();
        balancer.Membership.Changed += () => seen.Add(balancer.Membership.Nodes);

        _redis.Kill();
        await Deadline.Until("nobody can tell", () => balancer.Membership.Nodes is null);
        await _redis.ResumeAsync(isEmpty: true);
        await Deadline.Until("it is there again", () => balancer.Membership.Nodes is not null);
        await RegisterAsync("chat", "ws-1", First);
        await RegisterAsync("chat", "ws-2", First);
        await Deadline.Until("the new one is there", () => balancer.Membership.Nodes?.Count == 2);

        Assert.All(seen, nodes => Assert.True(nodes is null || nodes.Contains(First)));
    }

    [Theory]
    [InlineData("ws-1", """{"address":"10.0.0.1:5000"}""")]
    [InlineData("ws-1", """{"address":"http://u:p@10.0.0.1:5000/?q#f"}""")]
    [InlineData("ev{il}", """{"address":"http://10.0.0.1:5000/"}""")]
    public async Task BadRegistration_IsSetAside_AndLoggedOnce(string id, string value)
    {
        await WriteAsync("chat", id, value);
        await _redis.Database.SetAddAsync("wsbalancer:nodes:chat", id);
        await using var balancer = await SharingBalancer.StartAsync(_redis, "b-1");
        await RegisterAsync("chat", "ws-7", First);
        await _redis.Database.SetAddAsync("wsbalancer:nodes:chat", "ws-7");

        await Deadline.Until("a good one is found", () => balancer.Membership.Nodes?.Count == 1);

        var message = Assert.Single(balancer.Messages(SetAside));
        Assert.Contains($"'wsbalancer:node:chat:{id}'", message, StringComparison.Ordinal);
        Assert.Contains(value, message, StringComparison.Ordinal);
        Assert.Equal(["ws-7"], balancer.Membership.Nodes!.Select(node => node.Id));
        Assert.Equal(
            (RecordSource.Registrations, "chat"), balancer.Bad.All.Select(bad => (bad.Source, bad.Cluster)).Single());
    }

    // An invalid registration counts as one that is not renewed: a balancer that starts now cannot read the earlier
    // one.
    [Fact]
    public async Task RegistrationThatBecomesBad_HoldsForAsLongAsOneThatIsMissing()
    {
        await RegisterAsync("chat", "ws-1", First);
        await _redis.Database.SetAddAsync("wsbalancer:nodes:chat", "ws-1");
        await using var balancer = await SharingBalancer.StartAsync(_redis, "b-1");

        await WriteAsync("chat", "ws-1", "{");

        await Deadline.Until("it is told", () => balancer.LogCount(SetAside) == 1);
        Assert.Equal([First], balancer.Membership.Nodes);
        await Deadline.Until("it is no node any more", () => balancer.Membership.Nodes is []);
        await RegisterAsync("chat", "ws-1", First);
        await Deadline.Until("it is one again", () => balancer.Membership.Nodes is [_] && balancer.Bad.All.Count == 0);
    }

    [Fact]
    public async Task NodeOfAnotherCluster_IsNotLookedAt()
    {
        await WriteAsync("elsewhere", "ws-1", "{");
        await RegisterAsync("other", "ws-2", First);
        await using var balancer = await SharingBalancer.StartAsync(_redis, "b-1");

        await Deadline.Until("the one is found", () => balancer.Membership.Nodes?.Count == 1);

        Assert.Equal(("other", "ws-2"), (balancer.Membership.Nodes![0].Cluster, balancer.Membership.Nodes[0].Id));
        Assert.Equal(0, balancer.LogCount(SetAside));
    }

    private Task<bool> RegisterAsync(string cluster, string id, NamedNode node) => WriteAsync(cluster, id,
        $$"""
        {"address":"{{node.Address}}","weight":{{node.Weight}},"state":"{{(node.IsDraining ? "draining" : "active")}}"}
        """);

    private Task<bool> WriteAsync(string cluster, string id, string value) =>
        _redis.Database.StringSetAsync($"wsbalancer:node:{cluster}:{id}", value);
}
