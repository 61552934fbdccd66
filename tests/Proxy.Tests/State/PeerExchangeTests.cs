using WsBalancer.Proxy.State;

namespace WsBalancer.Proxy.Tests.State;

/// <summary>Balancers that exchange reports through a real Redis.</summary>
public sealed class PeerExchangeTests : IAsyncLifetime
{
    private const int SameId = 705;
    private const int SetAside = 704;

    private RedisServer _redis = null!;

    public async ValueTask InitializeAsync() => _redis = await RedisServer.StartAsync();

    public ValueTask DisposeAsync() => _redis.DisposeAsync();

    [Fact]
    public async Task Report_ReachesTheOthers_AndNotItsSender()
    {
        await using var one = await StartAsync("b-1", Reporting(tunnels: 3));
        await using var two = await StartAsync("b-2", Reporting(tunnels: 4));

        await Deadline.Until("both heard", () => one.Peers.Others.Count == 1 && two.Peers.Others.Count == 1);

        var received = Assert.Single(one.Peers.Of("CHAT"));
        Assert.Equal("b-2", one.Peers.Others[0].Id);
        Assert.Equal(Reporting(tunnels: 4) with { Nodes = received.Nodes }, received);
        Assert.Equal(new PeerNode(4, 1, new PeerDrain(9, 8, 7, 6)), received.Nodes["ws-1"]);
    }

    [Fact]
    public async Task Report_FollowsWhatChanges()
    {
        var tunnels = 1;
        await using var one = await StartAsync("b-1", Reporting(tunnels: 0));
        await using var two = await StartAsync("b-2", () => Reporting(tunnels));
        await Deadline.Until("it is heard", () => ReceivedCount(one) == 1);

        tunnels = 2;

        await Deadline.Until("the new one is heard", () => ReceivedCount(one) == 2);
    }

    [Fact]
    public async Task BalancerThatStops_IsNoPeerAnyMore_AtOnce()
    {
        await using var one = await StartAsync("b-1", Reporting(tunnels: 0));
        await using var two = await StartAsync("b-2", Reporting(tunnels: 0));
        await Deadline.Until("it is heard", () => one.Peers.Others.Count == 1);

        await two.StopAsync();

        Assert.False(await _redis.Database.KeyExistsAsync("wsbalancer:balancer:b-2"));
        await Deadline.Until("it is not heard", () => one.Peers.Others.Count == 0);
        var ids = await _redis.Database.SetMembersAsync("wsbalancer:balancers");
        Assert.Equal(["b-1"], ids.Select(id => id.ToString()));
    }

    [Fact]
    public async Task BalancerThatIsKilled_IsForgottenWithItsLease()
    {
        await using var one = await StartAsync("b-1", Reporting(tunnels: 0));
        var two = await StartAsync("b-2", Reporting(tunnels: 0));
        await Deadline.Until("it is heard", () => one.Peers.Others.Count == 1);

        var lease = await _redis.Database.KeyTimeToLiveAsync("wsbalancer:balancer:b-2");

        await two.DisposeAsync();

        Assert.InRange(lease!.Value.TotalSeconds, 0.1, 5);
        await Deadline.Until("it is not heard", () => one.Peers.Others.Count == 0);
        await Deadline.Until("its id is gone", async () =>
            await _redis.Database.SetLengthAsync("wsbalancer:balancers") == 1);
    }

    [Fact]
    public async Task Peers_OfARedisThatIsDisconnected_AreForgottenWithTheirLease()
    {
        await using var one = await StartAsync("b-1", Reporting(tunnels: 0));
        await using var two = await StartAsync("b-2", Reporting(tunnels: 0));
        await Deadline.Until("it is heard", () => one.Peers.Others.Count == 1);

        _redis.Kill();

        await Deadline.Until("it is not heard", () => one.Peers.Others.Count == 0);
        Assert.Null(one.Peers.Known);
    }

    [Fact]
    public async Task Peers_OfARedisThatWasNeverThere_AreNotKnown()
    {
        _redis.Kill();

        await using var one = await StartAsync("b-1", Reporting(tunnels: 0));

        Assert.Null(one.Peers.Known);
        Assert.Empty(one.Peers.Others);
        await _redis.ResumeAsync(isEmpty: true);
        await Deadline.Until("nobody is there", () => one.Peers.Known is { Count: 0 });
    }

    [Fact]
    public async Task TwoBalancersOfOneId_AreLoggedOnceEach()
    {
        await using var one = await StartAsync("b-1", Reporting(tunnels: 0));
        await using var two = await StartAsync("b-1", Reporting(tunnels: 0));
        await using var three = await StartAsync("b-3", Reporting(tunnels: 0));

        await Deadline.Until("both are told", () => one.LogCount(SameId) > 0 && two.LogCount(SameId) > 0);

        Assert.Equal((1, 1, 0), (one.LogCount(SameId), two.LogCount(SameId), three.LogCount(SameId)));
        Assert.Contains("'b-1'", one.Messages(SameId).Single(), StringComparison.Ordinal);
    }

    // The lease of the stopped balancer is valid for some more seconds.
    [Fact]
    public async Task RestartedBalancer_IsNoSecondBalancerOfItsId()
    {
        await using (await StartAsync("b-1", Reporting(tunnels: 0)))
        {
            await Deadline.Until("it has spoken", () => _redis.Database.KeyExistsAsync("wsbalancer:balancer:b-1"));
        }

        await using var again = await StartAsync("b-1", Reporting(tunnels: 5));
        await using var other = await StartAsync("b-2", Reporting(tunnels: 0));

        await Deadline.Until("its second report is heard", () => ReceivedCount(other) == 5);
        Assert.Equal(0, again.LogCount(SameId));
    }

    [Theory]
    [InlineData("{}")]
    [InlineData("null")]
    [InlineData("""{"instance":"i","report":{"id":"b-8","clusters":{}}}""")]
    [InlineData("""{"instance":"i","report":{"id":"b-9","clusters":{"chat":null}}}""")]
    [InlineData("""{"instance":"i","report":{"id":"b-9","clusters":{"chat":CLUSTER}}}""", "\u001b]0;x", 1, "ws-1")]
    [InlineData("""{"instance":"i","report":{"id":"b-9","clusters":{"chat":CLUSTER}}}""", "f", -1, "ws-1")]
    [InlineData("""{"instance":"i","report":{"id":"b-9","clusters":{"chat":CLUSTER}}}""", "f", 1, "ev{il}")]
    [InlineData("""{"instance":"i","report":{"id":"b-9","clusters":{"chat":CLUSTER}}}""", "f", long.MaxValue, "ws-1")]
    public async Task ReportOutOfItsBounds_IsSetAside_AndLoggedOnce(
        string report, string fingerprint = "", long tunnels = 0, string node = "")
    {
        var escaped = fingerprint.Replace("\u001b", "\\u001b", StringComparison.Ordinal);
        var json = report.Replace("CLUSTER", $$$"""
            {"fingerprint":"{{{escaped}}}","stateHash":"f","rebalance":null,
            "nodes":{"{{{node}}}":{"tunnels":{{{tunnels}}},"misplaced":0,"drain":null} } }
            """, StringComparison.Ordinal);
        await _redis.Database.StringSetAsync("wsbalancer:balancer:b-9", json);
        await _redis.Database.SetAddAsync("wsbalancer:balancers", "b-9");
        await using var one = await StartAsync("b-1", Reporting(tunnels: 0));
        await using var two = await StartAsync("b-2", Reporting(tunnels: 0));

        await Deadline.Until("the other one is heard", () => one.Peers.Others.Count > 0);

        Assert.Equal("b-2", Assert.Single(one.Peers.Others).Id);
        Assert.Contains("'wsbalancer:balancer:b-9'", Assert.Single(one.Messages(SetAside)), StringComparison.Ordinal);
        Assert.Equal(RecordSource.Reports, Assert.Single(one.Bad.All).Source);
        await _redis.Database.KeyDeleteAsync("wsbalancer:balancer:b-9");
        await Deadline.Until("it is no longer listed", () => one.Bad.All.Count == 0);
    }

    [Theory]
    [InlineData("{")]
    [InlineData("null")]
    [InlineData("""{"instance":"i","disconnection":null}""")]
    [InlineData("""{"instance":"i","disconnection":{"cluster":"chat","user":"u","tunnel":null,"closeCode":1006}}""")]
    [InlineData("""{"instance":"i","disconnection":{"cluster":null,"user":"u","tunnel":null,"closeCode":1012}}""")]
    [InlineData("""{"instance":"i","disconnection":{"cluster":"chat","user":"","tunnel":null,"closeCode":1012}}""")]
    [InlineData("""{"instance":"i","disconnection":{"cluster":"chat","user":"u","tunnel":"t","closeCode":1012}}""")]
    public async Task DisconnectionOutOfItsBounds_IsSetAside_AndLoggedOnce(string json)
    {
        await using var one = await StartAsync("b-1", Reporting(tunnels: 0));
        var received = new List<Disconnection>();
        one.Disconnections.Received += received.Add;
        await Deadline.Until("it listens", async () => await SendAsync(json) > 0);
        await SendAsync(json);
        await SendAsync(
            """{"instance":"i","disconnection":{"cluster":"chat","user":"u","tunnel":null,"closeCode":1012}}""");

        // Redis keeps the order of messages, but its client runs their handlers concurrently.
        await Deadline.Until(
            "each is handled", () => received.Count > 0 && one.Messages(SetAside).Any());

        Assert.Equal([new Disconnection("chat", "u", null, 1012)], received);
        Assert.Single(one.Messages(SetAside));
        Assert.Equal(RecordSource.Messages, Assert.Single(one.Bad.All).Source);
    }

    [Fact]
    public async Task Disconnection_ReachesEveryOther_AndNotItsSender()
    {
        await using var one = await StartAsync("b-1", Reporting(tunnels: 0));
        await using var two = await StartAsync("b-2", Reporting(tunnels: 0));
        var received = new List<(int At, Disconnection What)>();
        one.Disconnections.Received += what => received.Add((1, what));
        two.Disconnections.Received += what => received.Add((2, what));
        var disconnection = new Disconnection("chat", "Zoë @ home", null, 1008);

        Assert.True(await one.Disconnections.SendAsync(disconnection, TestContext.Current.CancellationToken));

        await Deadline.Until("it is heard", () => received.Count > 0);
        Assert.Equal([(2, disconnection)], received);
    }

    [Fact]
    public async Task Disconnection_OfARedisThatIsDisconnected_IsNotSent()
    {
        await using var one = await StartAsync("b-1", Reporting(tunnels: 0));
        _redis.Kill();

        Assert.False(await one.Disconnections.SendAsync(
            new Disconnection(null, null, "t-1", 1012), TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task Subscriptions_SurviveARestartOfRedis()
    {
        await using var one = await StartAsync("b-1", Reporting(tunnels: 0));
        await using var two = await StartAsync("b-2", Reporting(tunnels: 0));
        var received = 0;
        two.Disconnections.Received += _ => Interlocked.Increment(ref received);
        _redis.Kill();
        await _redis.ResumeAsync(isEmpty: true);

        await Deadline.Until("one is heard again", async () =>
        {
            await one.Disconnections.SendAsync(
                new Disconnection(null, null, "t-1", 1012), TestContext.Current.CancellationToken);
            return received > 0;
        });
    }

    private static long? ReceivedCount(SharingBalancer balancer) =>
        balancer.Peers.Of("chat").FirstOrDefault()?.Nodes["ws-1"].Tunnels;

    private static PeerCluster Reporting(int tunnels) => new(
        "f1",
        "a1",
        new Dictionary<string, PeerNode> { ["ws-1"] = new(tunnels, 1, new PeerDrain(9, 8, 7, 6)) },
        new PeerRebalance("op-1", 3, 2, 1));

    private Task<SharingBalancer> StartAsync(string id, PeerCluster cluster) => StartAsync(id, () => cluster);

    private Task<long> SendAsync(string json) =>
        _redis.Database.PublishAsync(StackExchange.Redis.RedisChannel.Literal("wsbalancer:disconnect"), json);

    private async Task<SharingBalancer> StartAsync(string id, Func<PeerCluster> cluster)
    {
        var balancer = new SharingBalancer(_redis, id);
        balancer.Report.Clusters = () => new() { ["chat"] = cluster() };
        await balancer.StartAsync();
        return balancer;
    }
}
