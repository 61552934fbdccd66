using WsBalancer.Proxy.Fleet;

namespace WsBalancer.Proxy.Tests.Fleet;

public sealed class FleetSnapshotTests : IAsyncDisposable
{
    private readonly Dictionary<string, string?> _settings = ChatSettings.OfNodes("ws-1", "ws-2", "ws-3");
    private readonly BalancerApp _app;

    public FleetSnapshotTests() => _app = BalancerApp.Build(_settings);

    [Fact]
    public void Snapshot_HeldWhileANodeChanges_ShowsTheSameStatusAndMasks()
    {
        var node = _app.Node("ws-1");
        var held = _app.Chat.Current;

        _app.Fleet.SetHealth(_app.Chat, node, NodeHealth.Unhealthy, "test");
        _app.Fleet.SetAnnouncedDrain(_app.Chat, node, true);
        _app.Fleet.SetFull(_app.Chat, node, true);
        _app.Fleet.TrySetSilent(_app.Chat, _app.Node("ws-2"), 0.5, "test");

        var (before, now) = (held.Nodes[held.IndexOf(node)], node.Status);
        Assert.Equal((NodeState.Active, NodeHealth.Unknown), (before.StateWith(0), before.Health));
        Assert.Equal((true, false, false), (before.IsAvailable, before.IsDraining, before.IsFull));
        Assert.Equal((NodeState.Drained, NodeHealth.Unhealthy), (now.StateWith(0), now.Health));
        Assert.Equal((false, true, true), (now.IsAvailable, now.IsDraining, now.IsFull));
        Assert.Equal((3, 3, false), Counts(held));
        Assert.Equal((1, 2, true), Counts(_app.Chat.Current));
    }

    [Fact]
    public void Snapshot_HeldOverAReload_ShowsTheNodesAsTheyWere()
    {
        var held = _app.Chat.Current;
        using var tunnel = new TestTunnel(_app.Tunnels, _app.Node("ws-3"), "alice", _app.Time);

        _app.Apply(_settings
            .WithNode("ws-1", "http://elsewhere.invalid/").WithWeight("ws-2", 7).WithoutNode("ws-3"));

        Assert.Equal(
            ["http://ws-1.invalid/ 1 False", "http://ws-2.invalid/ 1 False", "http://ws-3.invalid/ 1 False"],
            held.All.Select(Describe));
        Assert.Equal(
            ["http://elsewhere.invalid/ 1 False", "http://ws-2.invalid/ 7 False", "http://ws-3.invalid/ 1 True"],
            _app.Chat.Current.All.Select(Describe));
    }

    [Fact]
    public void Snapshot_OfAStatusOfALeavingNode_ShowsItAmongTheLeavingOnes()
    {
        var node = _app.Node("ws-3");
        using var tunnel = new TestTunnel(_app.Tunnels, node, "alice", _app.Time);
        _app.Apply(_settings.WithoutNode("ws-3"));

        _app.Fleet.SetHealth(_app.Chat, node, NodeHealth.Unhealthy, "test");

        Assert.Same(node.Status, Assert.Single(_app.Chat.Current.Leaving));
        Assert.Equal(NodeHealth.Unhealthy, node.Health);
        Assert.Equal(2, _app.Chat.Current.Available.Count);
    }

    [Fact]
    public void Snapshot_OfAnUnchangedStatus_IsTheSame()
    {
        var node = _app.Node("ws-1");
        var (held, status) = (_app.Chat.Current, node.Status);

        _app.Chat.Update(node, before => before with { IsFull = false });

        Assert.Same(held, _app.Chat.Current);
        Assert.Same(status, node.Status);
    }

    [Fact]
    public void Snapshot_OfAStatusOfANodeThatHasLeft_HasTheOtherNodesAlone()
    {
        var node = _app.Node("ws-3");
        _app.Apply(_settings.WithoutNode("ws-3"));
        var held = _app.Chat.Current;

        _app.Fleet.SetHealth(_app.Chat, node, NodeHealth.Unhealthy, "test");

        Assert.Same(held, _app.Chat.Current);
        Assert.Equal(["ws-1", "ws-2"], _app.Chat.Current.All.Select(status => status.Id));
        Assert.Equal(-1, _app.Chat.Current.IndexOf(node));
    }

    // Fields of one change are never seen apart, whatever the reader reads, and a mask fits the status beside it.
    [Fact]
    public async Task Status_ReadWhileItChanges_IsBeforeOrAfterTheWholeChange()
    {
        var node = _app.Node("ws-1");
        var index = _app.Chat.Current.IndexOf(node);
        void Change()
        {
            for (var i = 0; i < 5_000; i++)
            {
                _app.Fleet.SetRegistration(_app.Chat, node, isLost: i % 2 == 0, draining: i % 2 == 0);
            }
        }

        var changes = Task.Run(Change, TestContext.Current.CancellationToken);

        while (!changes.IsCompleted)
        {
            var status = node.Status;
            Assert.Equal(status.IsRegistrationExpired, status.RegistrationAnnouncesDrain);
            var snapshot = _app.Chat.Current;
            Assert.Equal(snapshot.Nodes[index].IsAvailable, snapshot.Available.Contains(index));
            Assert.Equal(snapshot.Nodes[index].IsDraining, !snapshot.NotDraining.Contains(index));
        }

        await changes;
        Assert.Equal(1, _app.Chat.Current.Epoch);
    }

    public ValueTask DisposeAsync() => _app.DisposeAsync();

    private static (int Available, int NotDraining, bool HasSilent) Counts(FleetSnapshot snapshot) =>
        (snapshot.Available.Count, snapshot.NotDraining.Count, snapshot.HasSilent);

    private static string Describe(NodeStatus status) => $"{status.Address} {status.Weight} {status.IsLeaving}";
}
