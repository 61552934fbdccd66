using WsBalancer.Proxy.Closing;
using WsBalancer.Proxy.Fleet;
using WsBalancer.Proxy.State;
using WsBalancer.Proxy.Tunnels;

namespace WsBalancer.Proxy.Tests.Closing;

public sealed class DisconnectOperationsTests
{
    [Fact]
    public async Task User_LosesEveryTunnel_AtEveryBalancer()
    {
        await using var movers = await Movers.StartAsync("ws-1", "ws-2");
        movers.Open("ws-1", "alice");
        movers.Open("ws-2", "alice");
        var bob = movers.Open("ws-1", "bob");
        var sent = Record(movers, shared: true);

        var (closed, shared) = await movers.App.Get<DisconnectOperations>().AllAsync(
            movers.Chat, new TunnelSelection("alice", null, null), 4001, Cancellation);

        Assert.Equal((2, true), (closed, shared));
        Assert.Null(bob.SentCloseCode);
        Assert.All(movers.Tunnels.Take(2), tunnel => Assert.Equal(
            (4001, TunnelEnd.Disconnect), (tunnel.SentCloseCode!.Value, tunnel.Tunnel.EndReason!.Value)));
        Assert.Equal([new Disconnection("chat", "alice", null, 4001)], sent);
    }

    [Fact]
    public async Task Selection_IsSentToTheOtherBalancers_AndCarriedOutThere()
    {
        await using var movers = await Movers.StartAsync("ws-1", "ws-2");
        var sent = Record(movers, shared: true);
        await movers.App.Get<DisconnectOperations>().AllAsync(
            movers.Chat, new TunnelSelection(null, "ws-1", 60), 4001, Cancellation);
        var disconnection = Assert.Single(sent);
        Assert.Equal(new Disconnection("chat", null, null, 4001, "ws-1", 60), disconnection);
        Assert.Null(ReportBounds.MistakeIn(new SentDisconnection("other", disconnection)));
        var (old, elsewhere) = (movers.Open("ws-1", "alice"), movers.Open("ws-2", "alice"));
        movers.App.Time.Advance(TimeSpan.FromSeconds(61));
        var young = movers.Open("ws-1", "bob");

        movers.Others.Receive(disconnection);

        Assert.Equal((4001, null, null), (old.SentCloseCode, elsewhere.SentCloseCode, young.SentCloseCode));
    }

    [Theory]
    [InlineData("WS-1", null, null)]
    [InlineData("ws-2", null, 4001)]
    [InlineData("ws-3", null, null)]
    public async Task Node_OfAnotherBalancersDisconnection_IsFoundByExactlyItsId(string node, int? first, int? second)
    {
        await using var movers = await Movers.StartAsync("ws-1", "ws-2");
        var (one, other) = (movers.Open("ws-1", "alice"), movers.Open("ws-2", "alice"));

        movers.Others.Receive(new Disconnection("chat", null, null, 4001, node));

        Assert.Equal((first, second), (one.SentCloseCode, other.SentCloseCode));
    }

    [Theory]
    [InlineData("ws-1", 4001, null)]
    [InlineData("WS-1", null, 4001)]
    [InlineData("Ws-1", null, null)]
    public async Task Node_OfAnotherBalancersDisconnection_IsNotTheOneOfAnotherSpelling(
        string node, int? leaving, int? joined)
    {
        var settings = ChatSettings.OfNodes("ws-1", "ws-2");
        await using var movers = await Movers.StartAsync(settings);
        var old = movers.Open("ws-1", "alice");
        movers.App.Apply(settings.WithoutNode("ws-1"));
        movers.App.Apply(settings.WithoutNode("ws-1").WithNode("WS-1", "http://ws-1.invalid/"));
        var present = movers.Open("WS-1", "bob");

        movers.Others.Receive(new Disconnection("chat", null, null, 4001, node));

        Assert.Equal((leaving, joined), (old.SentCloseCode, present.SentCloseCode));
    }

    [Theory]
    [InlineData(null, null, null)]
    [InlineData(null, "no id/", null)]
    [InlineData(null, null, -1.0)]
    [InlineData("", null, null)]
    public void Disconnection_ThatSelectsNothing_IsSetAside(string? user, string? node, double? age) =>
        Assert.NotNull(ReportBounds.MistakeIn(
            new SentDisconnection("other", new Disconnection("chat", user, null, 1012, node, age))));

    [Fact]
    public async Task Tunnel_IsClosedByItsId()
    {
        await using var movers = await Movers.StartAsync("ws-1");
        var tunnel = movers.Open("ws-1", null);

        var answer = await movers.App.Get<DisconnectOperations>().TunnelAsync(
            tunnel.Tunnel.Identity.Id, 1012, Cancellation);

        Assert.Equal((1, null), answer);
        Assert.Equal(1012, tunnel.SentCloseCode);
    }

    // Without another balancer, the tunnel is known not to exist; otherwise another balancer may have it.
    [Fact]
    public async Task Tunnel_ThatIsNotHere_IsUnknown_UnlessAnotherBalancerMayHaveIt()
    {
        await using var movers = await Movers.StartAsync("ws-1");
        var disconnects = movers.App.Get<DisconnectOperations>();
        var refused = await Assert.ThrowsAsync<RefusedException>(
            () => disconnects.TunnelAsync("t1", 1012, Cancellation));
        Assert.Equal(RefusalKind.Unknown, refused.Kind);

        var sent = Record(movers, shared: false);
        Assert.Equal((0, false), await disconnects.TunnelAsync("t1", 1012, Cancellation));
        Assert.Equal([new Disconnection(null, null, "t1", 1012)], sent);
    }

    [Fact]
    public async Task Disconnection_FromAnotherBalancer_IsCarriedOut()
    {
        await using var movers = await Movers.StartAsync("ws-1");
        var alice = movers.Open("ws-1", "alice");
        var other = movers.Open("ws-1", null);
        var others = movers.Others;
        others.Receive(new Disconnection("chat", "alice", null, 1006));
        others.Receive(new Disconnection("nowhere", "alice", null, 1012));
        others.Receive(new Disconnection(null, null, "t1", 1012));
        Assert.Equal(0, movers.ClosingCount);

        others.Receive(new Disconnection("Chat", "alice", null, 4000));
        others.Receive(new Disconnection(null, null, other.Tunnel.Identity.Id, 4001));

        Assert.Equal((4000, 4001), (alice.SentCloseCode, other.SentCloseCode));
    }

    [Theory]
    [InlineData(1005)]
    [InlineData(999)]
    public async Task Code_ThatMayNotBeSent_IsRefused(int code)
    {
        await using var movers = await Movers.StartAsync("ws-1");
        var sent = Record(movers, shared: true);

        var refused = await Assert.ThrowsAsync<RefusedException>(
            () => movers.App.Get<DisconnectOperations>().AllAsync(
                movers.Chat, new TunnelSelection("alice", null, null), code, Cancellation));

        Assert.Equal(RefusalKind.BadValue, refused.Kind);
        Assert.Empty(sent);
    }

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    private static List<Disconnection> Record(Movers movers, bool shared)
    {
        movers.Others.Answer = shared;
        return movers.Others.Sent;
    }
}
