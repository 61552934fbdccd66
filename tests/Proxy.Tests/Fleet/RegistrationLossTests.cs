using WsBalancer.Proxy.Fleet;
using WsBalancer.Proxy.State;
using WsBalancer.Proxy.Tests.State;
using static WsBalancer.Proxy.Tests.Fleet.RegisteringNodes;

namespace WsBalancer.Proxy.Tests.Fleet;

/// <summary>Nodes that no longer register themselves.</summary>
public sealed class RegistrationLossTests : IAsyncDisposable
{
    private static readonly TimeSpan RemoveAfter = TimeSpan.FromMinutes(10);

    private readonly RegisteringNodes _nodes = new();

    private BalancerApp App => _nodes.App;

    [Fact]
    public async Task Node_ThatIsNoLongerNamed_IsUnhealthyAtOnceAndItsUsersAreStillItsOwn()
    {
        await _nodes.NameAsync(Node("ws-3"));
        App.Fleet.SetHealth(App.Chat, App.Node("ws-3"), NodeHealth.Healthy, "test");
        var ring = App.Chat.Current.Ring;

        await _nodes.NameAsync();
        Assert.Equal(
            (NodeHealth.Unhealthy, true), (App.Node("ws-3").Health, App.Node("ws-3").Status.IsRegistrationExpired));
        await _nodes.AdvanceAsync(RemoveAfter);

        Assert.Same(ring, App.Chat.Current.Ring);
        await _nodes.NameAsync(Node("ws-3"));
        Assert.Same(ring, App.Chat.Current.Ring);
        Assert.Equal(NodeHealth.Healthy, App.Node("ws-3").Health);
        Assert.Equal(
            ["test", "its registration has run out", "it has registered itself again"],
            App.Logs.GetSnapshot().Where(record => record.Id.Id == 201)
                .Select(record => record.GetStructuredStateValue("Why")));
    }

    // A full disk prevents a node from joining, but the drain or the loss of another node still takes effect.
    [Fact]
    public async Task RegistrationThatCannotBeSaved_DoesNotBlockTheOthers()
    {
        using var folder = new StateFolderFixture();
        await using var nodes = new RegisteringNodes(("WsBalancer:State:Path", folder.Path));
        await nodes.NameAsync(Node("ws-3"), Node("ws-4"));
        await folder.BlockAsync();

        var naming = nodes.NameAsync(Node("ws-3") with { IsDraining = true }, Node("ws-5"));

        await Assert.ThrowsAsync<StateFileException>(() => naming);
        Assert.True(nodes.App.Node("ws-3").Status.IsDraining);
        Assert.True(nodes.App.Node("ws-4").Status.IsRegistrationExpired);
    }

    [Fact]
    public async Task Probe_OfANodeWhoseLeaseIsLost_ChangesNothing()
    {
        await _nodes.NameAsync(Node("ws-3"));
        await _nodes.NameAsync();

        App.Fleet.SetHealth(App.Chat, App.Node("ws-3"), NodeHealth.Healthy, "test");

        Assert.Equal(NodeHealth.Unhealthy, App.Node("ws-3").Health);
        Assert.Single(App.Logs.GetSnapshot(), record => record.Id.Id == 201);
    }

    [Fact]
    public async Task Node_WhoseLeaseStaysLost_IsRemovedAndNotBefore()
    {
        await _nodes.NameAsync(Node("ws-3"));
        await _nodes.NameAsync();
        await _nodes.AdvanceAsync(RemoveAfter - TimeSpan.FromSeconds(1));
        Assert.Contains("ws-3@1 registered", _nodes.Nodes());

        await _nodes.AdvanceAsync(TimeSpan.FromSeconds(2));

        Assert.Equal(["ws-1@1 configured", "ws-2@1 configured"], _nodes.Nodes());
        Assert.Empty(App.Get<StateStore>().Of("chat"));
    }

    [Fact]
    public async Task Node_ThatWasBack_HasItsWholeTimeAgain()
    {
        await _nodes.NameAsync(Node("ws-3"));
        await _nodes.NameAsync();
        await _nodes.AdvanceAsync(RemoveAfter - TimeSpan.FromSeconds(1));
        await _nodes.NameAsync(Node("ws-3"));
        await _nodes.NameAsync();

        await _nodes.AdvanceAsync(RemoveAfter - TimeSpan.FromSeconds(1));

        Assert.Contains("ws-3@1 registered", _nodes.Nodes());
    }

    [Fact]
    public async Task Source_ThatFails_ChangesNothing()
    {
        await _nodes.NameAsync(Node("ws-3"), Node("ws-4"));
        await _nodes.NameAsync(Node("ws-3"));
        _nodes.Source.Nodes = null;
        for (var i = 0; i < 3; i++)
        {
            await _nodes.AdvanceAsync(RemoveAfter);
        }

        Assert.Equal(
            (false, true),
            (App.Node("ws-3").Status.IsRegistrationExpired, App.Node("ws-4").Status.IsRegistrationExpired));

        // While the source fails, nodes may have been present: the time of the absence is unknown.
        await _nodes.NameAsync(Node("ws-3"));
        Assert.Contains("ws-4@1 registered", _nodes.Nodes());
    }

    [Fact]
    public async Task Node_ThatTheFileNamesWhileItIsLost_IsHealthyAgain()
    {
        await _nodes.NameAsync(Node("ws-3"));
        await _nodes.NameAsync();

        App.Apply(_nodes.Settings.WithNode("ws-3", "http://ws-3.invalid/"));

        Assert.Equal(
            (NodeHealth.Unknown, false), (App.Node("ws-3").Health, App.Node("ws-3").Status.IsRegistrationExpired));
    }

    public ValueTask DisposeAsync() => _nodes.DisposeAsync();
}
