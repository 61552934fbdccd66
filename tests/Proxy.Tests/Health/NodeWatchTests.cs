using WsBalancer.Proxy.Fleet;

namespace WsBalancer.Proxy.Tests.Health;

public sealed class NodeWatchTests
{
    [Fact]
    public async Task FirstProbe_IsAtOnce()
    {
        await using var node = WatchedNode.OverTcp();
        node.Start();

        await Deadline.Until("healthy", () => node.Node.Health == NodeHealth.Healthy);
        await Deadline.Until("accepted", () => node.Server.Connections == 1);
    }

    [Fact]
    public async Task PauseBetweenProbes_VariesByTenPercent()
    {
        await using var node = WatchedNode.OverHttp();
        await node.ProbeAsync(times: 12);

        var pauses = node.Time.Due.Where(WatchedNode.IsPause).Select(due => due.TotalSeconds).ToArray();
        Assert.Equal(12, node.Server.Requests.Count);
        Assert.All(pauses, pause => Assert.InRange(pause, 1.8, 2.2));
        Assert.True(pauses.Distinct().Count() > 6, string.Join(' ', pauses));
    }

    [Fact]
    public async Task NextProbe_WaitsForItsTime()
    {
        await using var node = WatchedNode.OverHttp();
        await node.ProbeAsync();
        var pause = node.Time.Due.Last(WatchedNode.IsPause);
        var timers = node.Time.Due.Count;

        node.Time.Advance(pause - TimeSpan.FromMilliseconds(10));
        Assert.Equal(timers, node.Time.Due.Count);

        node.Time.Advance(TimeSpan.FromMilliseconds(10));
        await Deadline.Until("a second probe", () => node.Server.Requests.Count == 2);
    }

    [Fact]
    public async Task Node_FallsAfterThreeFailuresAndRisesAfterTwoSuccesses()
    {
        await using var node = WatchedNode.OverHttp();
        await node.ProbeAsync();
        node.Status = 500;
        await node.ProbeAsync(times: 2);
        Assert.Equal(NodeHealth.Healthy, node.Node.Health);
        await node.ProbeAsync();
        Assert.Equal(NodeHealth.Unhealthy, node.Node.Health);

        node.Status = 200;
        await node.ProbeAsync();
        Assert.Equal(NodeHealth.Unhealthy, node.Node.Health);
        await node.ProbeAsync();
        Assert.Equal(["Healthy False", "Unhealthy False", "Healthy False"], node.Changes);
    }

    [Fact]
    public async Task FlappingNode_ChangesOnce()
    {
        await using var node = WatchedNode.OverHttp();
        node.Status = 500;
        await node.ProbeAsync(times: 3);
        for (var i = 0; i < 5; i++)
        {
            node.Status = 200;
            await node.ProbeAsync();
            node.Status = 500;
            await node.ProbeAsync();
        }

        Assert.Equal(["Unhealthy False"], node.Changes);
    }

    [Fact]
    public async Task FailedConnectsOfUsers_MakeItUnhealthy_UntilProbesSucceed()
    {
        await using var node = WatchedNode.OverTcp();
        await node.ProbeAsync();
        node.Watch.ConnectFailed("refused");
        node.Watch.ConnectFailed("refused");
        node.Watch.ConnectSucceeded();
        node.Watch.ConnectFailed("refused");
        node.Watch.ConnectFailed("refused");
        Assert.Equal(NodeHealth.Healthy, node.Node.Health);

        node.Watch.ConnectFailed("refused");
        Assert.Equal(NodeHealth.Unhealthy, node.Node.Health);

        await node.ProbeAsync(times: 2);
        Assert.Equal(NodeHealth.Healthy, node.Node.Health);
    }

    [Fact]
    public async Task Drain_AnnouncedToAProbe_EndsWithAHealthyAnswer()
    {
        await using var node = WatchedNode.OverHttp();
        node.Status = 0;
        await node.ProbeAsync();
        Assert.True(node.Node.Status.AnnouncesDrain);
        Assert.Equal(NodeHealth.Healthy, node.Node.Health);

        node.Status = 503;
        await node.ProbeAsync();
        Assert.True(node.Node.Status.AnnouncesDrain);

        node.Status = 200;
        await node.ProbeAsync();
        Assert.False(node.Node.Status.AnnouncesDrain);
        Assert.Equal(["Healthy False", "Healthy True", "Healthy False"], node.Changes);
    }

    [Fact]
    public async Task Drain_AnnouncedToAHandshake_EndsWithAnHttpProbe()
    {
        await using var node = WatchedNode.OverHttp();
        await node.ProbeAsync();
        node.Watch.Announced();
        Assert.True(node.Node.Status.AnnouncesDrain);

        await node.ProbeAsync();

        Assert.False(node.Node.Status.AnnouncesDrain);
    }

    [Fact]
    public async Task Drain_OfANodeProbedByTcp_EndsOnceItWasUnreachable()
    {
        await using var node = WatchedNode.OverTcp();
        await node.ProbeAsync();
        node.Watch.Announced();
        await node.ProbeAsync();
        Assert.True(node.Node.Status.AnnouncesDrain);

        node.Server.Refuse();
        await node.ProbeAsync(times: 3);
        Assert.Equal(NodeHealth.Unhealthy, node.Node.Health);
        Assert.True(node.Node.Status.AnnouncesDrain);

        node.Server.Listen();
        await node.ProbeAsync();
        Assert.True(node.Node.Status.AnnouncesDrain);
        await node.ProbeAsync();
        Assert.False(node.Node.Status.AnnouncesDrain);
    }

    [Fact]
    public async Task Drain_OfANodeProbedByTcp_ExpiresAfterHalfAMinute()
    {
        await using var node = WatchedNode.OverTcp();
        await node.ProbeAsync();
        node.Watch.Announced();

        // 13 probes at 2.2 s take 28.6 s; the next one is after half a minute.
        await node.ProbeAsync(times: 13);
        Assert.True(node.Node.Status.AnnouncesDrain);
        await node.ProbeAsync();

        Assert.False(node.Node.Status.AnnouncesDrain);
    }
}
