using WsBalancer.Proxy.Fleet;

namespace WsBalancer.Proxy.Tests.Fleet;

public sealed class FleetClusterTests : IAsyncDisposable
{
    private readonly Dictionary<string, string?> _settings = ChatSettings.OfNodes("ws-1", "ws-2", "ws-3");
    private readonly BalancerApp _app;

    public FleetClusterTests() => _app = BalancerApp.Build(_settings);

    [Fact]
    public void FirstRing_IsEpochOne()
    {
        Assert.Equal(1, _app.Chat.Current.Epoch);
        Assert.Equal(["ws-1", "ws-2", "ws-3"], _app.Chat.Current.Nodes.Select(node => node.Id));
        Assert.Equal(1, _app.Chat.Current.Nodes.Sum(node => _app.Chat.Current.ShareOf(node.Id)), 1e-12);
    }

    [Fact]
    public void Node_Added_LeavesTheOthersAsTheyWere()
    {
        var before = _app.Chat.Current.Nodes;
        Mark("ws-2", NodeHealth.Unhealthy, draining: true);

        _app.Apply(_settings.WithNode("ws-4", "http://ws-4.invalid/"));

        Assert.Equal(2, _app.Chat.Current.Epoch);
        Assert.Equal(4, _app.Chat.Current.Nodes.Length);
        Assert.All(before, earlier => Assert.Same(earlier.Node, _app.Node(earlier.Id)));
        Assert.Equal((NodeHealth.Unhealthy, true), StateOf("ws-2"));
        Assert.False(_app.Chat.Current.Available.Contains(_app.Chat.Current.IndexOf(_app.Node("ws-2"))));
        Assert.Equal((NodeHealth.Unknown, false), StateOf("ws-4"));
    }

    [Fact]
    public void Node_Reweighted_KeepsItsStateAndItsShareFollows()
    {
        Mark("ws-2", NodeHealth.Healthy, draining: true);

        _app.Apply(_settings.WithWeight("ws-2", 2));

        Assert.Equal(2, _app.Chat.Current.Epoch);
        Assert.Equal((NodeHealth.Healthy, true), StateOf("ws-2"));
        Assert.InRange(_app.Chat.Current.ShareOf("ws-2"), 0.49, 0.51);
    }

    [Fact]
    public void Node_AtANewAddress_KeepsItsUsersAndNotItsState()
    {
        Mark("ws-2", NodeHealth.Unhealthy, draining: true);
        var node = _app.Node("ws-2");
        var fingerprint = FingerprintOf();

        _app.Apply(_settings.WithNode("ws-2", "http://elsewhere.invalid/"));

        Assert.Same(node, _app.Node("ws-2"));
        Assert.Equal("http://elsewhere.invalid/", node.Address);
        Assert.Equal((NodeHealth.Unknown, false), StateOf("ws-2"));
        Assert.Equal((fingerprint, 1), (FingerprintOf(), _app.Chat.Current.Epoch));
        Assert.Equal(3, _app.Chat.Current.Available.Count);
    }

    [Fact]
    public void SameNodesAgain_ChangeNothing()
    {
        var ring = _app.Chat.Current.Ring;

        _app.Apply(_settings.With("ReverseProxy:Routes:chat:Order", "7"));
        _app.Apply(_settings.With(ChatSettings.Ours + "Drain:RatePerSecond", "7"));

        Assert.Same(ring, _app.Chat.Current.Ring);
        Assert.Equal(1, _app.Chat.Current.Epoch);
    }

    [Fact]
    public void Health_ChangesTheMaskAndNeverTheRing()
    {
        var ring = _app.Chat.Current.Ring;
        var user = _app.UserOf("ws-1", "ws-3");

        _app.Fleet.SetHealth(_app.Chat, _app.Node("ws-1"), NodeHealth.Unhealthy, "test");

        var current = _app.Chat.Current;
        Assert.Same(ring, current.Ring);
        Assert.Equal((1, 2, 3), (current.Epoch, current.Available.Count, current.NotDraining.Count));
        Assert.Equal(("ws-1", "ws-1"), (current.OwnerOf(user)!.Id, current.HomeOf(user)!.Id));
    }

    [Fact]
    public void Drain_ChangesTheHomeAndNeverTheRing()
    {
        var ring = _app.Chat.Current.Ring;
        var user = _app.UserOf("ws-1", "ws-3");

        _app.Fleet.SetAnnouncedDrain(_app.Chat, _app.Node("ws-1"), true);

        var current = _app.Chat.Current;
        Assert.Same(ring, current.Ring);
        Assert.Equal((1, 2, 2), (current.Epoch, current.Available.Count, current.NotDraining.Count));
        Assert.Equal(2, current.CandidateCount);
        Assert.Equal(("ws-1", "ws-3"), (current.OwnerOf(user)!.Id, current.HomeOf(user)!.Id));
        Assert.Equal(NodeState.Drained, _app.Node("ws-1").State);
        using var tunnel = new TestTunnel(_app.Tunnels, _app.Node("ws-1"), user, _app.Time);
        Assert.Equal(NodeState.Draining, _app.Node("ws-1").State);
    }

    [Fact]
    public void Node_Removed_StaysAsLeavingUntilItsLastTunnelEnds()
    {
        var node = _app.Node("ws-2");
        using var tunnel = new TestTunnel(_app.Tunnels, node, _app.UserOf("ws-2"), _app.Time);

        _app.Apply(_settings.WithoutNode("ws-2"));

        Assert.Equal(["ws-1", "ws-3"], _app.Chat.Current.Nodes.Select(other => other.Id));
        Assert.Same(node, Assert.Single(_app.Chat.Current.Leaving).Node);
        Assert.Equal((NodeState.Leaving, 0), (node.State, _app.Chat.Current.ShareOf(node.Id)));
        Assert.True(Misplaced.Is(_app.Chat.Current, tunnel.Tunnel));
        Assert.Equal(1, Misplaced.Count(_app.Tunnels, _app.Chat.Current, node));

        tunnel.End();
        _app.Chat.Sweep();

        Assert.Empty(_app.Chat.Current.Leaving);
        Assert.Null(_app.Chat.Find("ws-2"));
        Assert.DoesNotContain(node.Key, _app.Tunnels.Ledgers.Keys);
    }

    [Fact]
    public void Node_HasLeft_OnceItIsNeitherMemberNorLeaving()
    {
        var node = _app.Node("ws-2");
        using var tunnel = new TestTunnel(_app.Tunnels, node, "alice", _app.Time);
        Assert.False(_app.Chat.HasLeft(node));
        _app.Apply(_settings.WithoutNode("ws-2"));
        Assert.False(_app.Chat.HasLeft(node));
        tunnel.End();

        _app.Chat.Sweep();

        Assert.True(_app.Chat.HasLeft(node));
        _app.Apply(_settings);
        Assert.Equal((true, false), (_app.Chat.HasLeft(node), _app.Chat.HasLeft(_app.Node("ws-2"))));
    }

    // Between the release of its account and the new snapshot, the node is listed, and nothing would close a tunnel.
    [Fact]
    public void Node_RemovedByAChangeInProgress_HasLeft()
    {
        var node = _app.Node("ws-2");
        using var tunnel = new TestTunnel(_app.Tunnels, node, "alice", _app.Time);
        _app.Apply(_settings.WithoutNode("ws-2"));
        tunnel.End();
        var hasLeft = false;
        var reader = new Thread(() => hasLeft = _app.Chat.HasLeft(node));

        _app.Chat.Update(_app.Node("ws-1"), status =>
        {
            reader.Start();
            SpinWait.SpinUntil(
                () => (reader.ThreadState & (ThreadState.WaitSleepJoin | ThreadState.Stopped)) != 0, Deadline.Default);
            _app.Chat.Sweep();
            return status;
        });

        Assert.True(reader.Join(Deadline.Default));
        Assert.True(hasLeft);
    }

    // Also while a ring is built, a node must be listed exactly once: in the ring or among the leaving nodes.
    [Fact]
    public async Task Node_ThatIsAddedAndRemoved_IsNeverListedTwiceNorMissing()
    {
        using var tunnel = new TestTunnel(_app.Tunnels, _app.Node("ws-2"), _app.UserOf("ws-2"), _app.Time);
        var without = _settings.WithoutNode("ws-2");
        void Reload()
        {
            for (var i = 0; i < 10; i++)
            {
                _app.Apply(without);
                _app.Apply(_settings);
            }
        }

        var reloads = Task.Run(Reload, TestContext.Current.CancellationToken);

        var counts = new HashSet<int>();
        while (!reloads.IsCompleted)
        {
            counts.Add(_app.Chat.Current.All.Count());
        }

        await reloads;
        Assert.Equal([3], counts);
    }

    [Fact]
    public void Node_RemovedWithoutTunnels_HasLeftAtOnce()
    {
        _app.Apply(_settings.WithoutNode("ws-2"));

        Assert.Empty(_app.Chat.Current.Leaving);
        Assert.Null(_app.Chat.Find("ws-2"));
    }

    [Fact]
    public void Node_AddedAgainWhileItLeaves_IsTheSameWithItsTunnels()
    {
        var node = _app.Node("ws-2");
        var fingerprint = FingerprintOf();
        Mark("ws-2", NodeHealth.Unhealthy, draining: true);
        using var tunnel = new TestTunnel(_app.Tunnels, node, _app.UserOf("ws-2"), _app.Time);
        _app.Apply(_settings.WithoutNode("ws-2"));

        _app.Apply(_settings);

        Assert.Same(node, _app.Node("ws-2"));
        Assert.Empty(_app.Chat.Current.Leaving);
        Assert.Equal((NodeState.Active, 1), (node.State, node.Ledger.Active));
        Assert.Equal((NodeHealth.Unknown, false), StateOf("ws-2"));
        Assert.False(Misplaced.Is(_app.Chat.Current, tunnel.Tunnel));
        Assert.Equal((fingerprint, 3), (FingerprintOf(), _app.Chat.Current.Epoch));
    }

    [Fact]
    public void Node_SpelledAnotherWay_IsAnotherAndTheOldOneLeaves()
    {
        var node = _app.Node("ws-2");
        using var tunnel = new TestTunnel(_app.Tunnels, node, "alice", _app.Time);

        // Two steps are needed: in a single reload, YARP would keep its destination with the old spelling.
        _app.Apply(_settings.WithoutNode("ws-2"));
        _app.Apply(_settings.WithoutNode("ws-2").WithNode("WS-2", "http://ws-2.invalid/"));

        Assert.Contains("WS-2", _app.Chat.Current.Nodes.Select(other => other.Id));
        Assert.Same(node, Assert.Single(_app.Chat.Current.Leaving).Node);
        tunnel.End();
        _app.Chat.Sweep();
        Assert.DoesNotContain(node.Key, _app.Tunnels.Ledgers.Keys);
    }

    [Fact]
    public async Task LastNode_Removed_LeavesNoRing()
    {
        await _app.RemoveNodesAsync();

        Assert.Null(_app.Chat.Current.Ring);
        Assert.Empty(_app.Chat.Current.Nodes);
        Assert.Null(_app.Chat.Current.HomeOf("alice"));
        Assert.Equal(2, _app.Chat.Current.Epoch);
    }

    [Fact]
    public void Misplaced_IsATunnelThatIsNotAtItsUsersHome()
    {
        using var home = new TestTunnel(_app.Tunnels, _app.Node("ws-1"), _app.UserOf("ws-1"), _app.Time);
        using var away = new TestTunnel(_app.Tunnels, _app.Node("ws-1"), _app.UserOf("ws-2"), _app.Time);
        var anonymous = _app.Chat.Current.Nodes.Select(
            status => new TestTunnel(_app.Tunnels, status.Node, null, _app.Time));

        Assert.False(Misplaced.Is(_app.Chat.Current, home.Tunnel));
        Assert.True(Misplaced.Is(_app.Chat.Current, away.Tunnel));
        Assert.All(anonymous, tunnel => Assert.False(Misplaced.Is(_app.Chat.Current, tunnel.Tunnel)));
        Assert.Equal(1, Misplaced.Count(_app.Tunnels, _app.Chat.Current, _app.Node("ws-1")));

        // An unhealthy home remains the home; a draining one does not.
        _app.Fleet.SetHealth(_app.Chat, _app.Node("ws-2"), NodeHealth.Unhealthy, "test");
        Assert.True(Misplaced.Is(_app.Chat.Current, away.Tunnel));
        _app.Fleet.SetAnnouncedDrain(_app.Chat, _app.Node("ws-1"), true);
        Assert.True(Misplaced.Is(_app.Chat.Current, home.Tunnel));
    }

    public ValueTask DisposeAsync() => _app.DisposeAsync();

    private string FingerprintOf() => Fingerprint.Text(_app.Chat.Current.Ring!);

    private (NodeHealth Health, bool Draining) StateOf(string node) =>
        (_app.Node(node).Health, _app.Node(node).Status.AnnouncesDrain);

    private void Mark(string node, NodeHealth health, bool draining)
    {
        _app.Fleet.SetHealth(_app.Chat, _app.Node(node), health, "test");
        _app.Fleet.SetAnnouncedDrain(_app.Chat, _app.Node(node), draining);
    }
}
